/** `skill`: `SKILL.md` folders of the workspace and the home folder, listed with their descriptions. */

import { stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { mimetypeOf } from '../content/mimetype.ts';
import type { SessionId } from '../store/contract.ts';
import { writeAtomic } from '../workspace/atomic-write.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext } from './contract.ts';
import { channelFailure } from './entry-scheme.ts';
import { type Content, type Failure, fail, type Item, isFailed, refuse, rows, type Scheme } from './scheme.ts';
import { showEdit } from './show.ts';
import { descriptionOf, filesOf, findSkills, placeFor, readSkillFile, type Skill } from './skill-files.ts';
import { candidateOfText, summaryOfText } from './summary.ts';

export interface SkillSchemeDeps {
  readonly tokens: (text: string) => number;
  readonly home?: string;
  /** Skills of an untrusted workspace do not exist (RES-71, RL-17). */
  readonly trusted?: (sessionId: SessionId) => boolean;
}

const CHANNELS = { body: 'text/markdown' };
const MAIN = 'SKILL.md';

/** `/name/file`; without a file, the skill's main document. */
function split(path: string): { name: string; file: string } {
  const [name = '', ...rest] = path.replace(/^\/+/, '').split('/');
  return { name, file: rest.join('/') || MAIN };
}

export function skillScheme(deps: SkillSchemeDeps): Scheme {
  const rootsOf = (context: OpContext): string[] => {
    const own =
      context.projectRoot !== null && deps.trusted?.(context.sessionId) !== false ? [context.projectRoot] : [];
    return [...own, deps.home ?? homedir()];
  };
  const target = (address: Address) => {
    const { name, file } = split(address.path);
    const set = address.path === '' || address.path === '/';
    return rowTarget({ scheme: 'skill', pathname: set ? '/' : `/${name}/${file}`, fragment: address.channel });
  };

  const skillOf = async (address: Address, context: OpContext): Promise<Skill | null> => {
    const { name } = split(address.path);
    return (await findSkills(rootsOf(context))).find(skill => skill.name === name) ?? null;
  };

  const read = async (address: Address, context: OpContext): Promise<Content | Failure | null> => {
    const wrong = channelFailure(CHANNELS, address);
    if (wrong !== null) return wrong;
    const skill = await skillOf(address, context);
    const { file } = split(address.path);
    const text = skill === null ? null : await readSkillFile(skill, file);
    return text === null ? null : { target: target(address), text, mimetype: mimetypeOf(file), tags: [] };
  };

  const itemOf = (skill: Skill, file: string, text: string | null): Item => {
    const path = `/${skill.name}/${file}`;
    const at = rowTarget({ scheme: 'skill', pathname: path });
    const mimetype = mimetypeOf(file);
    return {
      path,
      address: { scheme: 'skill', path, authority: '', channel: null, params: {}, raw: formatAddress(at) },
      target: at,
      tags: [],
      ...(file === MAIN && text !== null ? { description: descriptionOf(text) } : {}),
      channels: async () => (text === null ? {} : { [formatAddress(at)]: summaryOfText(text, mimetype, deps.tokens) }),
      candidate: () => (text === null ? null : candidateOfText(path, mimetype, text)),
    };
  };

  return {
    info: {
      name: 'skill',
      example:
        '<<READ(skill:///review)::READ  how to do something, written down by people; FIND(skill:///**) lists them',
      doc: `# skill

Instructions that people keep in folders with a \`SKILL.md\` (in the workspace or the home folder).
\`<<FIND(skill:///**)::FIND\` lists them with what they are for, \`<<READ(skill:///name)::READ\` is the skill itself,
\`<<FIND(skill:///name/**)::FIND\` its other files. Read one before doing what it describes.`,
      catalog: 'full',
    },
    channels: CHANNELS,
    scope: 'session',
    writableBy: ['client'],
    flags: {},
    target,
    read,
    writable: read,
    async write(address, edit, context) {
      const { name, file } = split(address.path);
      const absolute = placeFor(rootsOf(context), await skillOf(address, context), name, file);
      if (absolute === null || name === '')
        return refuse(fail(403, `${address.raw} is no place for a skill.`), target(address));
      const stats = await stat(absolute).catch(() => null);
      const bytes = Buffer.from(edit.text, 'utf8');
      await writeAtomic({ absolute, bytes, mode: stats?.mode ?? null, stillExpected: async () => true });
      const status = edit.before === null ? 201 : 200;
      return rows({ status, target: target(address), rx: showEdit(edit.text, edit.span), mimetypeRx: 'text/plain' });
    },
    async item(address, context) {
      const skill = await skillOf(address, context);
      const { file } = split(address.path);
      const text = skill === null ? null : await readSkillFile(skill, file);
      return skill === null || text === null ? null : itemOf(skill, file, text);
    },
    async list(address, context) {
      const everything = /^\/?(?:\*\*)?$/.test(address.path);
      const items: Item[] = [];
      for (const skill of await findSkills(rootsOf(context))) {
        const files = everything ? [MAIN] : await filesOf(skill);
        for (const file of files) items.push(itemOf(skill, file, await readSkillFile(skill, file)));
      }
      return items.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    async remove(address, context) {
      const found = await read(address, context);
      const skill = await skillOf(address, context);
      if (found === null || isFailed(found) || skill === null)
        return refuse(fail(404, `${address.raw} does not exist.`), target(address));
      const absolute = placeFor([], skill, skill.name, split(address.path).file);
      if (absolute !== null) await unlink(absolute);
      return rows({ status: 200, target: target(address), rx: null });
    },
  };
}
