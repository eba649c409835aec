import type { StoreHealth } from './contract.ts';

type Listener = (health: StoreHealth) => void;

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an error',
  EROFS: 'the disk is read-only',
  EACCES: 'the folder may not be written',
  EPERM: 'the folder may not be written',
  ENOENT: 'the storage folder was removed',
  ENOTDIR: 'the storage folder was removed',
};

/** What a person is told about saving (RL-3). */
export class HealthMonitor {
  readonly #folder: string;
  readonly #listeners = new Set<Listener>();
  #message: string | null = null;
  #notices: readonly string[];

  constructor(folder: string, notices: readonly string[]) {
    this.#folder = folder;
    this.#notices = notices;
  }

  current(): StoreHealth {
    return { state: this.#message === null ? 'ok' : 'degraded', message: this.#message, notices: this.#notices };
  }

  listen(listener: Listener): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  degrade(cause: string): void {
    const known = CAUSES[cause];
    const reason = known === undefined ? cause : `${known} (${cause})`;
    this.#message = `Plurnk cannot save in ${this.#folder}: ${reason.replace(/\.$/, '')}. Work goes on in memory and is saved as soon as that is possible again.`;
    this.#tell();
  }

  recover(): void {
    this.#message = null;
    this.#tell();
  }

  note(notice: string): void {
    this.#notices = [...this.#notices.slice(-49), notice];
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener(this.current());
  }
}
