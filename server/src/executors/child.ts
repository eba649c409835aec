/** One running process with its group: spawn, output, ending. Knows nothing of the store. */

import { type ChildProcess, spawn } from 'node:child_process';
import { deferred } from '../platform/deferred.ts';
import type { Invocation } from './contract.ts';
import type { Leash } from './leash.ts';
import { endGroup, signalGroup } from './signals.ts';

export interface ChildEnd {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it could not be started. */
  readonly error: string | null;
}

export interface ChildRequest extends Invocation {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the group if this process dies first. */
  readonly leash?: Leash;
  onOutput(channel: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** After the leader's death its pipes may be held open by others; when asked to end we wait this long for them. */
const PIPE_GRACE_MS = 500;

export class Child {
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;
  readonly #leash: Leash | null;
  #alive = true;

  constructor(request: ChildRequest) {
    const { promise, resolve } = deferred<ChildEnd>();
    const child = spawn(request.file, [...request.args], {
      cwd: request.cwd,
      env: { ...request.environment, ...request.env },
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      windowsVerbatimArguments: request.verbatim === true,
    });
    this.#process = child;
    this.#leash = request.leash ?? null;
    if (child.pid !== undefined) this.#leash?.hold(child.pid);
    child.stdout?.on('data', (chunk: Buffer) => request.onOutput('stdout', chunk));
    child.stderr?.on('data', (chunk: Buffer) => request.onOutput('stderr', chunk));
    child.stdin?.on('error', () => undefined);
    if (request.stdin !== undefined) child.stdin?.end(request.stdin);
    child.on('error', error => resolve({ code: null, signal: null, error: error.message }));
    child.on('close', (code, signal) => resolve({ code, signal, error: null }));
    this.ended = promise.then(end => this.#settle(end));
  }

  /** null when it could not be started. */
  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** false: stdin is closed. */
  write(text: string): boolean {
    const { stdin } = this.#process;
    if (!this.#alive || stdin === null || stdin.destroyed || stdin.writableEnded) return false;
    stdin.write(text);
    return true;
  }

  /** To the whole group. */
  signal(signal: NodeJS.Signals): boolean {
    return this.#alive && this.pid !== null && signalGroup(this.pid, signal);
  }

  /** KILL to the whole group; pipes that somebody outside the group holds open are let go. */
  destroy(later: (work: () => void, ms: number) => unknown): void {
    this.signal('SIGKILL');
    later(() => {
      this.#process.stdout?.destroy();
      this.#process.stderr?.destroy();
    }, PIPE_GRACE_MS);
  }

  /** What a finished leader left behind in its group ends with it; the end is told when it is gone. */
  async #settle(end: ChildEnd): Promise<ChildEnd> {
    this.#alive = false;
    this.#process.stdin?.destroy();
    if (this.pid === null) return end;
    await endGroup(this.pid);
    this.#leash?.release(this.pid);
    return end;
  }
}
