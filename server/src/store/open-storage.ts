import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FileSystem, removeQuietly } from './file-system.ts';
import { type Owner, OwnerLock, type OwnerLockOptions } from './owner-lock.ts';
import { type CutTail, type Recovered, recover, segmentNumber } from './recovery.ts';
import { snapshotGeneration, snapshotPath } from './snapshot.ts';
import { SqlEngine } from './sql-engine.ts';
import { errorCode, StoreError } from './store-error.ts';
import type { After } from './timers.ts';

export interface OpenStorageOptions {
  readonly folder: string;
  readonly wasm: string;
  readonly system: FileSystem;
  readonly after: After;
  readonly now: () => number;
  readonly token: () => string;
  readonly schema: number;
}

/** Another live process owns the folder: attach to its endpoint, or say who has it (RL-4). */
export class StorageHeldError extends StoreError {
  readonly owner: Owner;

  constructor(folder: string, owner: Owner) {
    const where = owner.endpoint === null ? '' : `, listening at ${owner.endpoint}`;
    super('held', `${folder} is in use by process ${owner.pid} on ${owner.host}${where}.`);
    this.name = 'StorageHeldError';
    this.owner = owner;
  }
}

/** A storage folder as it was found, and the way back to it after a failure. */
export interface OpenedStorage {
  readonly system: FileSystem;
  readonly recovered: Recovered;
  /** Why the folder cannot be written; null when it can. */
  readonly trouble: string | null;
  lock(): OwnerLock | null;
  /** Called when another process has taken the lock. */
  onLost(listener: () => void): void;
  /**
   * Claims the folder again. True when every file of `chain` is still there. Throws when it cannot be used, also when
   * there are segments newer than `lastSegment`: then another process has written meanwhile.
   */
  reclaim(chain: readonly string[], lastSegment: number): boolean;
  diskBytes(): number;
}

const MAX_KEPT_TAIL = 64 << 20;

export async function openStorage(options: OpenStorageOptions): Promise<OpenedStorage> {
  const { system, folder } = options;
  const wasm = readFileSync(options.wasm);
  const claimed = claim(options);
  const { recovered, unread } = await read(options, wasm, claimed);
  if (claimed.trouble === null) tidy(options, recovered);
  const state: { lock: OwnerLock | null; unread: string | null; lost: (() => void) | null } = {
    lock: claimed.lock,
    unread,
    lost: null,
  };
  return {
    system,
    recovered,
    trouble: claimed.trouble ?? unread,
    lock: () => state.lock,
    onLost: listener => {
      state.lost = listener;
      state.lock?.onLost(listener);
    },
    reclaim: (chain, lastSegment) => {
      system.makeFolder(folder);
      if (state.unread !== null) refuseForeign(system, folder);
      if (system.list(folder).some(name => (segmentNumber(name) ?? 0) > lastSegment)) {
        throw new StoreError('held', 'another process has written there meanwhile; restart to use what it wrote');
      }
      if (state.lock === null) {
        state.lock = acquire(options);
        if (state.lost !== null) state.lock.onLost(state.lost);
      } else state.lock.reassert();
      state.unread = null;
      return chain.every(path => system.exists(path));
    },
    diskBytes: () => diskBytes(system, folder),
  };
}

interface Claimed {
  readonly lock: OwnerLock | null;
  readonly trouble: string | null;
}

function claim(options: OpenStorageOptions): Claimed {
  try {
    options.system.makeFolder(options.folder);
    return { lock: acquire(options), trouble: null };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const owner = inspectQuietly(options);
    if (owner !== null) throw new StorageHeldError(options.folder, owner);
    return { lock: null, trouble: errorCode(error) };
  }
}

function acquire(options: OwnerLockOptions): OwnerLock {
  const acquired = OwnerLock.acquire(options);
  if (acquired.kind === 'held') throw new StorageHeldError(options.folder, acquired.owner);
  return acquired.lock;
}

function inspectQuietly(options: OpenStorageOptions): Owner | null {
  try {
    return OwnerLock.inspect(options);
  } catch {
    return null;
  }
}

async function read(
  options: OpenStorageOptions,
  wasm: Uint8Array,
  claimed: Claimed,
): Promise<{ recovered: Recovered; unread: string | null }> {
  const { system, folder, schema } = options;
  try {
    return { recovered: await recover({ system, folder, wasm, schema }), unread: null };
  } catch (error) {
    if (error instanceof StoreError) {
      claimed.lock?.release();
      throw error;
    }
    return { recovered: await nothing(wasm), unread: errorCode(error) };
  }
}

async function nothing(wasm: Uint8Array): Promise<Recovered> {
  return {
    engine: await SqlEngine.open(wasm),
    loaded: null,
    seq: 0,
    snapshotSeq: 0,
    segments: [],
    lastSegment: 0,
    lastGeneration: 0,
    replayedBytes: 0,
    replayedRecords: 0,
    cut: [],
    notices: [],
    damaged: false,
  };
}

/** What lies there was never read, so nothing may be written over it. */
function refuseForeign(system: FileSystem, folder: string): void {
  const foreign = system.list(folder).some(name => segmentNumber(name) !== null || snapshotGeneration(name) !== null);
  if (foreign) throw new Error('the folder holds a database that could not be read at the start; restart to use it');
}

function tidy(options: OpenStorageOptions, recovered: Recovered): void {
  try {
    if (recovered.damaged) setAside(options, recovered);
    for (const cut of recovered.cut) trim(options.system, cut);
  } catch {
    // Recovery does not depend on it: a cut tail is skipped again at the next start.
  }
}

/** Cuts a torn tail; what is cut stays beside the segment until a snapshot makes that superfluous (RL-2). */
function trim(system: FileSystem, cut: CutTail): void {
  if (cut.bytes <= MAX_KEPT_TAIL) {
    const file = system.read(cut.path);
    system.writeFile(`${cut.path}.cut`, file.bytes.subarray(cut.end, file.size));
  }
  const file = system.open(cut.path, 'modify');
  try {
    file.truncate(cut.end);
  } finally {
    file.close();
  }
}

/** Keeps everything that was found under another name, then removes what recovery cannot use. */
function setAside(options: OpenStorageOptions, recovered: Recovered): void {
  const { system, folder } = options;
  const aside = join(folder, `damaged-${options.now()}`);
  system.makeFolder(aside);
  const names = system.list(folder).filter(name => segmentNumber(name) !== null || snapshotGeneration(name) !== null);
  for (const name of names) system.link(join(folder, name), join(aside, name));
  for (const name of names) {
    const generation = snapshotGeneration(name);
    const segment = recovered.segments.find(each => basename(each.path) === name);
    const unusable =
      generation === null
        ? segment === undefined || segment.firstSeq > recovered.seq + 1
        : generation > (recovered.loaded?.meta.generation ?? 0);
    if (unusable) removeQuietly(system, generation === null ? join(folder, name) : snapshotPath(folder, generation));
  }
}

function diskBytes(system: FileSystem, folder: string): number {
  try {
    return system.list(folder).reduce((sum, name) => sum + system.size(join(folder, name)), 0);
  } catch {
    return 0;
  }
}
