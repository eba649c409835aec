import { render, type Statement } from '@plurnk/plurnk-grammar';
import type { LogRow } from '../store/contract.ts';
import { type Core, isNumber, sessionOf, sessionSetting } from './core.ts';
import { executeStatement, type OpScope } from './execute.ts';
import { loopAttrs, updateAttrs } from './loop-state.ts';
import { own } from './statements.ts';
import type { TurnLog } from './turn-log.ts';

/**
 * What the runtime writes before a turn looks at the world: on a run's first turn exemplar, operator documents and
 * catalog; on a loop's first turn its prompts and the named files (step 2 of 2.5). Prompts that come later are
 * delivered when the turn has looked around.
 */
export async function openTurn(core: Core, log: TurnLog, scope: OpScope, room: number | null): Promise<void> {
  if (log.turn.seq > 1) return;
  if (log.loop.seq === 1) await openRun(core, log, scope, room);
  else await deliverPrompts(core, log, scope);
  await foistFiles(core, log, scope);
}

async function openRun(core: Core, log: TurnLog, scope: OpScope, room: number | null): Promise<void> {
  const exemplar = log.append({
    op: 'model',
    origin: 'plurnk',
    status: 200,
    mimetypeRx: 'text/vnd.plurnk',
    expanded: true,
  });
  await core.journal.ensureDocuments(scope.sessionId);
  for (const document of core.journal.operatorDocuments(scope.sessionId)) {
    await foist(core, own.read(document.path), log, scope);
  }
  await deliverPrompts(core, log, scope);
  const finds = await catalog(core, scope, room);
  for (const find of finds) await foist(core, find, log, scope, { expanded: !isManual(find) });
  finishExemplar(log, exemplar, finds);
}

/** ENG-28: a worked turn, made of what was really dispatched. */
function finishExemplar(log: TurnLog, exemplar: LogRow, finds: readonly Statement[]): void {
  const lines = [
    '<<PLAN:See what is here, then work on the prompt.:PLAN',
    ...finds.map(find => render(find)),
    '<<SEND[102]:Looked around.:SEND',
  ];
  log.update(exemplar, { rx: lines.join('\n') });
}

/** One FIND per scheme that holds entries, files capped to the setting, the run's own scratch (2.5). */
async function catalog(core: Core, scope: OpScope, room: number | null): Promise<readonly Statement[]> {
  const { store, operations } = core;
  const held = new Set(store.entries.schemes(scope.sessionId));
  const finds: Statement[] = [];
  for (const { name, catalog: listing } of operations.schemes) {
    const find = own.find(`${name}:///**`);
    if (listing === 'full' && (held.has(name) || (await findsSomething(core, find, scope)))) finds.push(find);
  }
  const scratch = store.entries.list({ sessionId: scope.sessionId, scheme: 'run', runId: scope.runId });
  if (scratch.length > 0) finds.push(own.find('run://self/**'));
  const files = await fileList(core, scope, room);
  return files === null ? finds : [...finds, files];
}

/** Some schemes hold what is not in the store: documentation pages, skills. */
async function findsSomething(core: Core, find: Statement, scope: OpScope): Promise<boolean> {
  const at = { loopSeq: 0, turnSeq: 0, sequence: 0 };
  const outcome = await core.operations.execute(find, { ...scope, writer: 'plurnk', at });
  return (
    outcome.kind === 'rows' && outcome.rows.some(row => row.status < 300 && row.rx !== '[]' && (row.rx ?? '') !== '')
  );
}

/** The list of manual pages is born folded: what the first turns need is taught already. */
const isManual = (find: Statement): boolean => find.target?.kind === 'url' && find.target.scheme === 'plurnk';

/** Share of a packet that the list of files may take, and what an item of it weighs. */
const FILES_SHARE = 0.15;
const FILE_TOKENS = 80;

/** As many files as the setting says; where it is the default, not more than a small window bears. */
async function fileList(core: Core, scope: OpScope, room: number | null): Promise<Statement | null> {
  if (scope.projectRoot === null) return null;
  const session = sessionOf(core, scope.sessionId);
  const bearable =
    room === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor((room * FILES_SHARE) / FILE_TOKENS));
  const wanted = sessionSetting(session, 'filesItems', isNumber) ?? Math.min(core.settings().filesItems, bearable);
  if (wanted === 0) return null;
  const count = (await core.workspace.members(scope.sessionId)).length;
  if (count === 0) return null;
  return wanted < 0 || wanted >= count ? own.find('**') : own.find('**', [1, wanted]);
}

/** Prompts become entries; their rows are born folded because their text has a section of its own. */
export async function deliverPrompts(core: Core, log: TurnLog, scope: OpScope): Promise<void> {
  const loop = core.store.loops.get(log.loop.id) ?? log.loop;
  const attrs = loopAttrs(loop);
  const prompts = [{ text: loop.prompt, from: attrs.from }, ...attrs.injected];
  if (attrs.delivered >= prompts.length) return;
  for (let n = attrs.delivered; n < prompts.length; n += 1) {
    const prompt = prompts[n];
    if (prompt === undefined) continue;
    await foist(core, own.edit(promptAddress(loop.seq, n + 1), prompt.text), log, scope, {
      source: prompt.from,
      expanded: false,
    });
  }
  updateAttrs(core, loop.id, { delivered: prompts.length });
}

export function promptAddress(loopSeq: number, n: number): string {
  return `plurnk:///prompt/${loopSeq}/${n}`;
}

/** Every prompt of the loop that is written, oldest first (section 13). */
export function promptsOf(core: Pick<Core, 'store'>, log: TurnLog): readonly { address: string; text: string }[] {
  const loop = core.store.loops.get(log.loop.id) ?? log.loop;
  const attrs = loopAttrs(loop);
  return [loop.prompt, ...attrs.injected.map(prompt => prompt.text)]
    .slice(0, attrs.delivered)
    .map((text, index) => ({ address: promptAddress(loop.seq, index + 1), text }));
}

/** Files the request named, by `openPaths` or as `@path` in the prompt. */
async function foistFiles(core: Core, log: TurnLog, scope: OpScope): Promise<void> {
  if (scope.projectRoot === null) return;
  const named = [...loopAttrs(log.loop).openPaths, ...mentions(log.loop.prompt)];
  for (const path of new Set(named)) {
    const resolved = await core.workspace.resolve(scope.sessionId, path, false);
    if ('exists' in resolved && resolved.exists) await foist(core, own.read(encodeTarget(resolved.path)), log, scope);
  }
}

function mentions(prompt: string): string[] {
  return [...prompt.matchAll(/(?:^|\s)@([^\s@]+)/g)]
    .map(match => (match[1] ?? '').replace(/[.,;:!?)]+$/, ''))
    .filter(path => path !== '');
}

function encodeTarget(path: string): string {
  return path.replace(/[%)<#]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function foist(
  core: Core,
  statement: Statement,
  log: TurnLog,
  scope: OpScope,
  options: { readonly source?: string | null; readonly expanded?: boolean } = {},
): Promise<void> {
  await executeStatement(core, statement, log, { ...scope, writer: 'plurnk' }, options);
}
