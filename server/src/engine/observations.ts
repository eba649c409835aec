import { stripControls } from '../content/ansi.ts';
import { entryTarget, NO_TARGET } from '../packet/address.ts';
import type { LogEntryId, LogRow, RunRow, SubscriptionRow, TurnRow } from '../store/contract.ts';
import type { Core } from './core.ts';
import type { TurnLog } from './turn-log.ts';

/** Characters of output that one row carries; the rest stays in the channel, named by the row. */
const MOST_OUTPUT = 65_536;

type ObservingCore = Pick<Core, 'store' | 'journal' | 'late'>;

/**
 * Writes what changed since the run last looked: other runs' edits, files on disk, runs that ended, streams (2.8).
 * Synchronous: what happens after it belongs to the next turn, and is remembered for a park (ENG-15).
 */
export function observe(core: ObservingCore, log: TurnLog, previous: TurnRow | null): void {
  const { run } = log;
  const cursor = lastLook(core, previous);
  const before = log.nextSequence;
  if (cursor !== null) for (const row of changesSince(core, run, cursor)) narrate(core, log, row);
  for (const stream of core.store.subscriptions.unseen(run.id)) narrateStream(core, log, stream);
  log.meta.lookedAt = core.store.log.lastId();
  if (log.nextSequence !== before) core.store.turns.update(log.turn.id, { meta: log.meta });
  core.store.runs.setPendingWake(run.id, false);
}

/** A turn that a crash ended before it looked has no cursor: then the one before it counts. */
function lastLook(core: ObservingCore, previous: TurnRow | null): LogEntryId | null {
  if (previous === null) return null;
  const own = previous.meta.lookedAt;
  if (typeof own === 'number') return own as LogEntryId;
  const earlier = core.store.turns.listRun(previous.runId).findLast(turn => typeof turn.meta.lookedAt === 'number');
  return (earlier?.meta.lookedAt ?? null) as LogEntryId | null;
}

function changesSince(core: ObservingCore, run: RunRow, cursor: LogEntryId): readonly LogRow[] {
  const { store } = core;
  const journal = core.journal.run(run.sessionId);
  const byOthers = store.log.changesByOthers(run.sessionId, run.id, cursor).filter(isSharedChange);
  const late = core.late
    .since(run.sessionId, run.id, cursor)
    .flatMap(id => store.log.get(id) ?? [])
    .filter(isSharedChange);
  const narrated = store.log.list(journal.id, { sinceId: cursor }).filter(row => isNews(row, run));
  const rows = new Map([...late, ...byOthers, ...narrated].map(row => [row.id, row]));
  return [...rows.values()].sort((a, b) => a.id - b.id);
}

/** An op of a person or a model on something that all runs share; never a narrated row, that would echo. */
function isSharedChange(row: LogRow): boolean {
  return (
    row.origin !== 'plurnk' &&
    row.state === 'resolved' &&
    row.statusRx < 300 &&
    !['run', 'log', 'plurnk'].includes(row.scheme ?? '')
  );
}

function isNews(row: LogRow, run: RunRow): boolean {
  if (row.id === undefined || row.statusRx === 304) return false;
  if (row.source === 'file') return true;
  return row.op === 'SEND' && row.attrs.endedRun !== run.id && row.source !== null;
}

function narrate(core: ObservingCore, log: TurnLog, row: LogRow): void {
  const { scheme, username, password, hostname, port, pathname, params, fragment } = row;
  log.append({
    op: row.op,
    origin: 'plurnk',
    source: row.source ?? `run://${core.store.runs.get(row.runId)?.name ?? row.runId}`,
    status: row.statusRx,
    target: { scheme, username, password, hostname, port, pathname, params, fragment },
    lineMarker: row.lineMarker,
    tx: row.op === 'SEND' || row.op === 'MOVE' || row.op === 'COPY' ? row.tx : null,
    rx: row.rx,
    mimetypeRx: row.mimetypeRx,
    tags: row.tags,
    attrs: { of: row.id },
    expanded: row.op === 'SEND' ? row.expanded : false,
  });
}

/** ENG-52: one READ row for the new text of every channel; open once the channel has ended. */
function narrateStream(core: ObservingCore, log: TurnLog, stream: SubscriptionRow): void {
  const { entries, subscriptions } = core.store;
  const ended = stream.state !== 'active';
  const status = ended ? (stream.closeStatus ?? 200) : 102;
  const seen: { [channel: string]: number } = { ...stream.seen };
  let wrote = 0;
  for (const channel of entries.channels(stream.entryId)) {
    const from = seen[channel.name] ?? 0;
    if (channel.length <= from) continue;
    const text = stripControls(entries.slice(stream.entryId, channel.name, from, channel.length));
    const lineKey = `${channel.name}#lines`;
    const firstLine = (seen[lineKey] ?? 0) + 1;
    // What came is shown well; how the command ended stands in its own row.
    log.append(streamRow(stream, channel.name, ended ? 200 : 102, numberOutput(text, firstLine), ended));
    seen[channel.name] = channel.length;
    seen[lineKey] = firstLine - 1 + countLines(text);
    wrote += 1;
  }
  if (ended && wrote === 0) log.append(streamRow(stream, 'stdout', status, endWithoutText(status, seen), true));
  subscriptions.markSeen(stream.id, seen, ended);
}

/** What came before is on folded rows: the model is told that there is some. */
function endWithoutText(status: number, seen: { readonly [channel: string]: number }): string {
  const told = ['stdout', 'stderr'].filter(name => (seen[`${name}#lines`] ?? 0) > 0);
  const before = told.map(name => `line ${seen[`${name}#lines`]} of ${name}`).join(' and ');
  return told.length === 0
    ? `ended with status ${status}, no output`
    : `ended with status ${status}, no further output after ${before}`;
}

function streamRow(
  stream: SubscriptionRow,
  channel: string,
  status: number,
  rx: string,
  open: boolean,
): Parameters<TurnLog['append']>[0] {
  return {
    op: 'READ',
    origin: 'plurnk',
    status,
    target: { ...NO_TARGET, ...entryTarget(stream.scheme, `/${stream.coordinate}`, channel) },
    rx,
    mimetypeRx: 'text/plain',
    attrs: { subscription: stream.id },
    expanded: open,
  };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Numbered from where the last look ended; the middle of a very long text is left out and named. */
function numberOutput(text: string, first: number): string {
  const lines = text.split('\n');
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  const numbered = lines.map((line, index) => `${first + index}:\t${line}`);
  if (text.length <= MOST_OUTPUT) return numbered.join('\n');
  return cutMiddle(numbered, first);
}

function cutMiddle(numbered: readonly string[], first: number): string {
  const head = takeWhile(numbered, MOST_OUTPUT / 4);
  const tail = takeWhile(numbered.slice(head.length).toReversed(), MOST_OUTPUT / 2).toReversed();
  const from = first + head.length;
  const to = first + numbered.length - tail.length - 1;
  if (from > to) return [...head, ...tail].join('\n').slice(0, MOST_OUTPUT);
  return [...head, `… lines ${from} to ${to} are left out here; READ them with <${from},${to}>`, ...tail].join('\n');
}

function takeWhile(lines: readonly string[], characters: number): string[] {
  const taken: string[] = [];
  let left = characters;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    taken.push(line);
  }
  return taken;
}
