/** `skill`: `SKILL.md` folders of the workspace and the home folder, listed with their descriptions. */

import { stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { mimetypeOf } from '../content/mimetype.ts';
import type { SessionId } from '../store/contract.ts';
import { writeAtomic } from '../workspace/atomic-write.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, OpOutcome, SchemeInfo } from './contract.ts';
import { channelFailure } from './entry-scheme.ts';
import {
  type Content,
  type Edit,
  type Failure,
  fail,
  type Item,
  isFailed,
  refuse,
  rows,
  type Scheme,
} from './scheme.ts';
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

const INFO: SchemeInfo = {
  name: 'skill',
  example: '<<READ(skill:///review)::READ  how to do something, written down by people; FIND(skill:///**) lists them',
  doc: `# skill

Instructions that people keep in folders with a \`SKILL.md\` (in the workspace or the home folder).
\`<<FIND(skill:///**)::FIND\` lists them with what they are for, \`<<READ(skill:///name)::READ\` is the skill itself,
\`<<FIND(skill:///name/**)::FIND\` its other files. Read one before doing what it describes.`,
  catalog: 'full',
};

class SkillScheme implements Scheme {
  readonly info = INFO;
  readonly channels = CHANNELS;
  readonly scope = 'session';
  readonly writableBy = ['client'] as const;
  readonly flags = {};
  readonly #deps: SkillSchemeDeps;

  constructor(deps: SkillSchemeDeps) {
    this.#deps = deps;
  }

  target(address: Address) {
    const { name, file } = split(address.path);
    const set = address.path === '' || address.path === '/';
    return rowTarget({ scheme: 'skill', pathname: set ? '/' : `/${name}/${file}`, fragment: address.channel });
  }

  async read(address: Address, context: OpContext): Promise<Content | Failure | null> {
    const wrong = channelFailure(CHANNELS, address);
    if (wrong !== null) return wrong;
    const skill = await this.#skillOf(address, context);
    const { file } = split(address.path);
    const text = skill === null ? null : await readSkillFile(skill, file);
    return text === null ? null : { target: this.target(address), text, mimetype: mimetypeOf(file), tags: [] };
  }

  writable(address: Address, context: OpContext): Promise<Content | Failure | null> {
    return this.read(address, context);
  }

  async write(address: Address, edit: Edit, context: OpContext): Promise<OpOutcome> {
    const { name, file } = split(address.path);
    const target = this.target(address);
    const absolute = placeFor(this.#roots(context), await this.#skillOf(address, context), name, file);
    if (absolute === null || name === '') return refuse(fail(403, `${address.raw} is no place for a skill.`), target);
    const stats = await stat(absolute).catch(() => null);
    const bytes = Buffer.from(edit.text, 'utf8');
    await writeAtomic({ absolute, bytes, mode: stats?.mode ?? null, stillExpected: async () => true });
    const status = edit.before === null ? 201 : 200;
    return rows({ status, target, rx: showEdit(edit.text, edit.span), mimetypeRx: 'text/plain' });
  }

  async item(address: Address, context: OpContext): Promise<Item | null> {
    const skill = await this.#skillOf(address, context);
    const { file } = split(address.path);
    const text = skill === null ? null : await readSkillFile(skill, file);
    return skill === null || text === null ? null : this.#itemOf(skill, file, text);
  }

  async list(address: Address, context: OpContext): Promise<readonly Item[]> {
    const everything = /^\/?(?:\*\*)?$/.test(address.path);
    const items: Item[] = [];
    for (const skill of await findSkills(this.#roots(context))) {
      const files = everything ? [MAIN] : await filesOf(skill);
      for (const file of files) items.push(this.#itemOf(skill, file, await readSkillFile(skill, file)));
    }
    return items.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async remove(address: Address, context: OpContext): Promise<OpOutcome> {
    const target = this.target(address);
    const found = await this.read(address, context);
    const skill = await this.#skillOf(address, context);
    if (found === null || isFailed(found) || skill === null)
      return refuse(fail(404, `${address.raw} does not exist.`), target);
    const absolute = placeFor([], skill, skill.name, split(address.path).file);
    if (absolute !== null) await unlink(absolute);
    return rows({ status: 200, target, rx: null });
  }

  #roots({ projectRoot, sessionId }: OpContext): string[] {
    const own = projectRoot !== null && this.#deps.trusted?.(sessionId) !== false ? [projectRoot] : [];
    return [...own, this.#deps.home ?? homedir()];
  }

  async #skillOf(address: Address, context: OpContext): Promise<Skill | null> {
    const { name } = split(address.path);
    return (await findSkills(this.#roots(context))).find(skill => skill.name === name) ?? null;
  }

  #itemOf(skill: Skill, file: string, text: string | null): Item {
    const { tokens } = this.#deps;
    const path = `/${skill.name}/${file}`;
    const at = rowTarget({ scheme: 'skill', pathname: path });
    const mimetype = mimetypeOf(file);
    return {
      path,
      address: { scheme: 'skill', path, authority: '', channel: null, params: {}, raw: formatAddress(at) },
      target: at,
      tags: [],
      ...(file === MAIN && text !== null ? { description: descriptionOf(text) } : {}),
      channels: async () => (text === null ? {} : { [formatAddress(at)]: summaryOfText(text, mimetype, tokens) }),
      candidate: () => (text === null ? null : candidateOfText(path, mimetype, text)),
    };
  }
}

export const skillScheme = (deps: SkillSchemeDeps): Scheme => new SkillScheme(deps);
