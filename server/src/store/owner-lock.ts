import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type FileSystem, removeQuietly } from './file-system.ts';
import { errorCode, StoreError } from './store-error.ts';
import { type After, after } from './timers.ts';

/** Who owns a storage folder (RL-4). */
export interface Owner {
  readonly pid: number;
  /** When the process started, as its system counts it; null where that cannot be read. */
  readonly processStart: string | null;
  readonly host: string;
  /** Differs for every acquisition. */
  readonly token: string;
  /** Where the owner's server answers, for a second window to attach to; null while it is not listening yet. */
  readonly endpoint: string | null;
  /** What the endpoint asks for; absent or null when it asks for nothing of ours. Never to be logged. */
  readonly access?: string | null;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Milliseconds since the epoch, renewed every `RENEW_MS` while the owner lives. */
  readonly renewed: number;
}

export interface OwnerLockOptions {
  readonly system: FileSystem;
  readonly folder: string;
  readonly token: () => string;
  readonly now: () => number;
  readonly after?: After;
  /** Start of a process by its id; null when no such process lives, `unknown` when the system does not tell. */
  readonly processStart?: (pid: number) => string | null | 'unknown';
  readonly pid?: number;
}

export type Acquired =
  | { readonly kind: 'owned'; readonly lock: OwnerLock; readonly stale: Owner | null }
  | { readonly kind: 'held'; readonly owner: Owner };

const RENEW_MS = 5000;
const SILENT_MS = 30_000;
const MAX_ATTEMPTS = 20;

/** Linux tells when a process started (in ticks, unique per boot); elsewhere only whether its id is in use. */
export function systemProcessStart(pid: number): string | null | 'unknown' {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return null;
  }
  if (process.platform !== 'linux') return 'unknown';
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds its id but runs nothing any more.
    return fields[0] === 'Z' ? null : `${boot}/${fields[19]}`;
  } catch {
    return 'unknown';
  }
}

function parseOwner(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const owner = value as Partial<Owner>;
    return typeof owner.pid === 'number' && typeof owner.token === 'string' ? (owner as Owner) : null;
  } catch {
    return null;
  }
}

/** One server owns a storage folder; liveness is checked, so that a lock left by a crash never blocks (RL-4). */
export class OwnerLock {
  readonly #options: OwnerLockOptions;
  readonly #path: string;
  #owner: Owner;
  #cancelRenewal: (() => void) | null = null;
  #lost: (() => void) | null = null;

  private constructor(options: OwnerLockOptions, path: string, owner: Owner) {
    this.#options = options;
    this.#path = path;
    this.#owner = owner;
    this.#renewLater();
  }

  static path(folder: string): string {
    return join(folder, 'owner.json');
  }

  /** Who owns the folder right now; null when nobody alive does. */
  static inspect(options: OwnerLockOptions): Owner | null {
    const found = readOwner(options, OwnerLock.path(options.folder));
    return found !== null && isAlive(options, found) ? found : null;
  }

  /** Throws system errors when the folder cannot be written. */
  static acquire(options: OwnerLockOptions): Acquired {
    const path = OwnerLock.path(options.folder);
    const taken = take(options, path);
    if (taken.kind === 'held') return taken;
    return { kind: 'owned', lock: new OwnerLock(options, path, taken.owner), stale: taken.stale };
  }

  get owner(): Owner {
    return this.#owner;
  }

  /** Publishes where this process's server answers, and the token for it: the file is the user's alone (mode 0600). */
  setEndpoint(endpoint: string | null, access: string | null = null): void {
    this.#write({ ...this.#owner, endpoint, access, renewed: this.#options.now() });
  }

  /** Called when another process is found to have taken the lock (this one was suspended for long, say). */
  onLost(listener: () => void): void {
    this.#lost = listener;
  }

  /** Takes the lock again after the folder was away. Throws `held` when somebody else has it now. */
  reassert(): void {
    const found = readOwner(this.#options, this.#path);
    if (found?.token === this.#owner.token) return;
    const taken = take(this.#options, this.#path);
    if (taken.kind === 'held') {
      throw new StoreError('held', `Another process (${taken.owner.pid}) owns the storage folder now.`);
    }
    this.#write({ ...this.#owner, token: taken.owner.token });
  }

  release(): void {
    this.#cancelRenewal?.();
    this.#cancelRenewal = null;
    const found = readOwner(this.#options, this.#path);
    if (found?.token === this.#owner.token) removeQuietly(this.#options.system, this.#path);
  }

  #write(owner: Owner): void {
    this.#owner = owner;
    const aside = asidePath(this.#path, owner.token);
    this.#options.system.writeFile(aside, encode(owner));
    this.#options.system.rename(aside, this.#path);
  }

  #renewLater(): void {
    this.#cancelRenewal = (this.#options.after ?? after)(RENEW_MS, () => {
      try {
        const found = readOwner(this.#options, this.#path);
        if (found?.token === this.#owner.token) this.#write({ ...this.#owner, renewed: this.#options.now() });
        else if (found !== null) this.#lost?.();
      } catch {
        // The journal meets the same trouble and reports it.
      }
      if (this.#cancelRenewal !== null) this.#renewLater();
    });
  }
}

function encode(owner: Owner): Uint8Array {
  return Buffer.from(`${JSON.stringify(owner, null, 1)}\n`);
}

function asidePath(path: string, token: string): string {
  return join(dirname(path), `.${basename(path)}.${token}`);
}

function readOwner(options: OwnerLockOptions, path: string): Owner | null {
  if (!options.system.exists(path)) return null;
  const file = options.system.read(path);
  return parseOwner(Buffer.from(file.bytes.subarray(0, file.size)).toString('utf8'));
}

function isAlive(options: OwnerLockOptions, owner: Owner): boolean {
  const silent = options.now() - owner.renewed > SILENT_MS;
  if (owner.host !== hostname()) return !silent;
  const start = (options.processStart ?? systemProcessStart)(owner.pid);
  if (start === null) return false;
  if (start === 'unknown' || owner.processStart === null) return !silent;
  return start === owner.processStart;
}

type Taken =
  | { readonly kind: 'owned'; readonly owner: Owner; readonly stale: Owner | null }
  | { readonly kind: 'held'; readonly owner: Owner };

function newOwner(options: OwnerLockOptions): Owner {
  const pid = options.pid ?? process.pid;
  const start = (options.processStart ?? systemProcessStart)(pid);
  return {
    pid,
    processStart: start === 'unknown' ? null : start,
    host: hostname(),
    token: options.token(),
    endpoint: null,
    since: options.now(),
    renewed: options.now(),
  };
}

function take(options: OwnerLockOptions, path: string): Taken {
  const owner = newOwner(options);
  const aside = asidePath(path, owner.token);
  options.system.writeFile(aside, encode(owner));
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (linkNew(options.system, aside, path)) return { kind: 'owned', owner, stale: null };
      const found = readOwner(options, path);
      if (found !== null && isAlive(options, found)) return { kind: 'held', owner: found };
      if (replaceStale(options, path, aside, found)) return { kind: 'owned', owner, stale: found };
    }
  } finally {
    removeQuietly(options.system, aside);
  }
  throw new StoreError('held', 'The storage folder changes hands too quickly to be taken.');
}

/** A hard link appears with its content, and only if nothing is there: the one atomic way to create a whole file. */
function linkNew(system: FileSystem, aside: string, path: string): boolean {
  try {
    system.link(aside, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error))) throw error;
  }
  if (system.exists(path)) return false;
  system.rename(aside, path);
  return true;
}

/**
 * Two processes may find the same dead owner. Only the one that holds the claim named after the dead owner's token
 * may put itself in its place; a claim is itself a lock with liveness.
 */
function replaceStale(options: OwnerLockOptions, path: string, aside: string, stale: Owner | null): boolean {
  const claim = `${path}.${stale?.token ?? 'unreadable'}`;
  if (take(options, claim).kind === 'held') return false;
  try {
    const found = readOwner(options, path);
    if (found?.token !== stale?.token || !options.system.exists(path)) return false;
    options.system.rename(aside, path);
    return true;
  } finally {
    removeQuietly(options.system, claim);
  }
}
