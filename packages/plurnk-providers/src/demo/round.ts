import type { KnownFile } from './improvement.ts';
import type { PacketRow, PacketView } from './packet-reader.ts';

/** The part of the log that belongs to the newest prompt, and what can be learned from all of it. */
export interface Round {
  /** The newest prompt. */
  readonly prompt: string;
  readonly firstOfLoop: boolean;
  /** Turns in which the demonstration acted since that prompt. */
  readonly turns: number;
  /** Its own rows since that prompt, by op. */
  readonly finds: readonly PacketRow[];
  readonly reads: readonly PacketRow[];
  readonly edits: readonly PacketRow[];
  readonly notes: readonly PacketRow[];
  readonly commands: readonly PacketRow[];
  /** Files that any FIND row of the log lists, shortest path first. */
  readonly files: readonly KnownFile[];
  /** Paths read in earlier rounds of this run. */
  readonly readBefore: ReadonlySet<string>;
  /** Earlier loops whose rows are still open. */
  readonly earlierLoops: readonly number[];
}

/** Derives the state of the demonstration from the packet alone. */
export function currentRound(view: PacketView): Round {
  const loop = Math.max(1, ...view.prompts.map(prompt => prompt.loop), ...view.rows.map(row => row.loop));
  const start = startOfRound(view.rows, loop);
  const own = view.rows.slice(start).filter(row => row.loop === loop && row.origin === 'model');
  const earlier = view.rows.slice(0, start).filter(row => row.origin === 'model');
  const edits = own.filter(row => row.op === 'EDIT');
  return {
    prompt: view.prompts.at(-1)?.text ?? '',
    firstOfLoop: start === 0,
    turns: new Set(own.map(row => row.turn)).size,
    finds: own.filter(row => row.op === 'FIND'),
    reads: own.filter(row => row.op === 'READ'),
    edits: edits.filter(row => !row.target.includes('://')),
    notes: edits.filter(row => row.target.startsWith('known://')),
    commands: own.filter(row => row.op === 'EXEC'),
    files: knownFiles(view.rows),
    earlierLoops: [...new Set(view.rows.filter(row => row.loop < loop && row.body !== null).map(row => row.loop))],
    readBefore: new Set(earlier.filter(row => row.op === 'READ').map(row => row.target)),
  };
}

/** Where the newest prompt entered: after its row, or at the loop's first row. */
function startOfRound(rows: readonly PacketRow[], loop: number): number {
  const prompts = rows.map((row, index) => ({ row, index })).filter(({ row }) => isPrompt(row) && row.loop === loop);
  return (
    prompts.at(-1)?.index ??
    Math.max(
      0,
      rows.findIndex(row => row.loop === loop),
    )
  );
}

function isPrompt(row: PacketRow): boolean {
  return row.origin !== 'model' && row.op === 'EDIT' && /^plurnk:\/\/\/?prompt\//.test(row.target);
}

function knownFiles(rows: readonly PacketRow[]): KnownFile[] {
  const files = new Map<string, KnownFile>();
  for (const row of rows) {
    if (row.op === 'FIND' && row.body !== null && row.status < 300) {
      for (const file of listedFiles(row.body)) {
        files.set(file.path, file);
      }
    }
  }
  return [...files.values()].sort((a, b) => depth(a.path) - depth(b.path) || (a.path < b.path ? -1 : 1));
}

function depth(path: string): number {
  return path.split('/').length;
}

function listedFiles(body: string): KnownFile[] {
  let items: unknown;
  try {
    items = JSON.parse(body);
  } catch {
    return [];
  }
  return Array.isArray(items) ? items.flatMap(item => toFile(item)) : [];
}

function toFile(item: unknown): KnownFile[] {
  const path = typeof item === 'object' && item !== null && 'path' in item ? item.path : undefined;
  if (typeof path !== 'string' || path.includes('://') || path.endsWith('/')) {
    return [];
  }
  const lines = firstNumber(item, 'lines');
  return [{ path: path.replace(/^\/+/, ''), lines }];
}

/** The catalog's numbers hang on the channels: `{channels: {uri: {mimetype, tokens, lines}}}`. */
function firstNumber(item: unknown, key: string): number | null {
  const channels = (item as { channels?: unknown }).channels;
  if (typeof channels !== 'object' || channels === null) {
    return null;
  }
  for (const channel of Object.values(channels)) {
    const value =
      typeof channel === 'object' && channel !== null ? (channel as Record<string, unknown>)[key] : undefined;
    if (typeof value === 'number') {
      return value;
    }
  }
  return null;
}
