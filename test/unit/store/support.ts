import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import { sourceStoreAssets } from '../../../server/src/store/assets.ts';
import type { LoopRow, NewLogRow, RunRow, SessionRow, TurnRow } from '../../../server/src/store/contract.ts';
import { Database, type DatabaseOptions } from '../../../server/src/store/database.ts';
import { type FileSystem, nodeFileSystem, type StoreFile } from '../../../server/src/store/file-system.ts';
import type { SqlEngine } from '../../../server/src/store/sql-engine.ts';
import { openStore, type SqlStore } from '../../../server/src/store/store.ts';
import type { After } from '../../../server/src/store/timers.ts';

export const assets = sourceStoreAssets();
export const AT = 1_700_000_000_000;

const folders: string[] = [];

/** A new folder that is removed at the end of the test file (`removeFolders`). */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plurnk-store-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Timers that a test fires. */
export class ManualTimers {
  readonly #waiting = new Set<{ readonly ms: number; readonly run: () => void }>();

  readonly after: After = (ms, run) => {
    const timer = { ms, run };
    this.#waiting.add(timer);
    return () => this.#waiting.delete(timer);
  };

  /** Fires every timer that waits now and is due within `ms`. */
  fire(ms = Number.POSITIVE_INFINITY): void {
    for (const timer of [...this.#waiting]) {
      if (timer.ms > ms || !this.#waiting.delete(timer)) continue;
      timer.run();
    }
  }
}

export function options(folder: string, more: Partial<DatabaseOptions> = {}): DatabaseOptions {
  return { folder, assets, now: () => AT, after: new ManualTimers().after, ...more };
}

export function openDatabase(folder: string, more: Partial<DatabaseOptions> = {}): Promise<Database> {
  return Database.open(options(folder, more));
}

export function openTestStore(folder: string, more: Partial<DatabaseOptions> = {}): Promise<SqlStore> {
  return openStore(options(folder, more));
}

/** Sets fact `key` to a number, durably. */
export function commitFact(database: Database, key: string, value: number): Promise<number> {
  return database.commit(() =>
    database.run('INSERT INTO fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [
      key,
      String(value),
    ]),
  );
}

export function facts(database: Database): Record<string, number> {
  const rows = database.all('SELECT key, value FROM fact ORDER BY key');
  return Object.fromEntries(rows.map(row => [String(row.key), Number(row.value)]));
}

export function integrity(database: Database | SqlEngine): unknown {
  return database.get('PRAGMA integrity_check')?.integrity_check;
}

export interface Seeded {
  readonly session: SessionRow;
  readonly run: RunRow;
  readonly loop: LoopRow;
  readonly turn: TurnRow;
}

/** A session with one run, one claimed loop and one open turn. */
export function seed(store: SqlStore, name = 'work'): Seeded {
  const session = store.sessions.create({ name, projectRoot: '/project', settings: {}, at: AT });
  const run = store.runs.create({ sessionId: session.id, name: 'main', origin: 'model', parentRunId: null, at: AT });
  store.loops.enqueue({
    runId: run.id,
    prompt: 'Do the work.',
    flags: DEFAULT_FLAGS,
    alias: null,
    maxTurns: -1,
    attrs: {},
    at: AT,
  });
  const loop = store.loops.claim(run.id, AT);
  if (loop === null) throw new Error('The queued loop was not claimed.');
  return { session, run, loop, turn: store.turns.open({ loopId: loop.id, runId: run.id, at: AT }) };
}

/** A READ row of the seeded turn. */
export function newRow(seeded: Seeded, sequence: number, more: Partial<NewLogRow> = {}): NewLogRow {
  return {
    runId: seeded.run.id,
    loopId: seeded.loop.id,
    loopSeq: seeded.loop.seq,
    turnId: seeded.turn.id,
    turnSeq: seeded.turn.seq,
    sequence,
    at: AT,
    origin: 'model',
    source: null,
    op: 'READ',
    suffix: '',
    signal: null,
    lineMarker: null,
    scheme: 'known',
    username: null,
    password: null,
    hostname: null,
    port: null,
    pathname: `/note-${sequence}.md`,
    params: {},
    fragment: null,
    tx: { body: `matcher ${sequence}` },
    mimetypeTx: 'text/plain',
    rx: `1:\tresult ${sequence}`,
    mimetypeRx: 'text/markdown',
    statusRx: 200,
    tokens: 4,
    state: 'resolved',
    outcome: null,
    attrs: {},
    tags: [],
    expanded: true,
    ...more,
  };
}

export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export interface Faults {
  /** Called before each write to an open file; throws, or returns how many of the bytes go in. */
  write: ((path: string, bytes: number) => number) | null;
  sync: ((path: string) => void) | null;
  open: ((path: string) => void) | null;
  /** `makeFolder`, `rename`, `link`, `writeFile`, `syncFolder`. */
  change: ((path: string) => void) | null;
  read: ((path: string) => void) | null;
}

/** The real disk, failing where a test says. */
export function faultySystem(): { system: FileSystem; faults: Faults } {
  const faults: Faults = { write: null, sync: null, open: null, change: null, read: null };
  const wrap = (path: string, file: StoreFile): StoreFile => ({
    ...file,
    write: (bytes, position) => {
      const count = faults.write === null ? bytes.length : Math.min(faults.write(path, bytes.length), bytes.length);
      return count === 0 ? 0 : file.write(bytes.subarray(0, count), position);
    },
    sync: async () => {
      faults.sync?.(path);
      await file.sync();
    },
    syncNow: () => {
      faults.sync?.(path);
      file.syncNow();
    },
  });
  const changing =
    <Args extends [string, ...unknown[]], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Result => {
      faults.change?.(args[0]);
      return call(...args);
    };
  const system: FileSystem = {
    ...nodeFileSystem,
    open: (path, mode) => {
      faults.open?.(path);
      return wrap(path, nodeFileSystem.open(path, mode));
    },
    read: (path, headroom) => {
      faults.read?.(path);
      return nodeFileSystem.read(path, headroom);
    },
    makeFolder: changing(nodeFileSystem.makeFolder),
    rename: changing(nodeFileSystem.rename),
    link: changing(nodeFileSystem.link),
    writeFile: changing(nodeFileSystem.writeFile),
    syncFolder: changing(nodeFileSystem.syncFolder),
  };
  return { system, faults };
}
