/** Search indexes and code graphs of workspaces, made before somebody asks (ENG-21). */
import type { TelemetryEvent } from '@plurnk/protocol';
import type { Preparing } from '../content/contract.ts';
import type { Clock } from '../engine/contract.ts';
import { FileCandidate } from '../schemes/file-scheme.ts';
import type { SessionId } from '../store/contract.ts';
import type { Workspace } from '../workspace/contract.ts';

export interface BackgroundIndexOptions {
  /** Milliseconds between a session's opening and the indexing: the start of the editor and the first turn go before. */
  readonly delayMs: number;
  /** Indexing that takes less is not told. */
  readonly noticeAfterMs: number;
  /** A workspace with more members is indexed by its queries: indexes take memory (PF-6). */
  readonly files: number;
  /** Most characters of texts. */
  readonly characters: number;
}

export const BACKGROUND_INDEX: BackgroundIndexOptions = {
  delayMs: 3000,
  noticeAfterMs: 1000,
  files: 5000,
  characters: 50_000_000,
};

export interface BackgroundIndexDeps {
  readonly workspace: Pick<Workspace, 'members' | 'locator'>;
  readonly preparing: Preparing;
  readonly clock: Clock;
  /** Whether somebody still has the session open, and it has a folder. */
  readonly isOpen: (sessionId: SessionId) => boolean;
  readonly notify: (sessionId: SessionId, event: TelemetryEvent) => void;
  readonly onDefect: (error: unknown, where: string) => void;
}

/** One session after the other; stops between two small jobs when the session closes. Nothing ever waits for it. */
export class BackgroundIndex {
  readonly #deps: BackgroundIndexDeps;
  readonly #options: BackgroundIndexOptions;
  readonly #timers = new Map<SessionId, { cancel(): void }>();
  #last: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(deps: BackgroundIndexDeps, options: BackgroundIndexOptions = BACKGROUND_INDEX) {
    this.#deps = deps;
    this.#options = options;
  }

  /** The session was opened, or its files may have changed. */
  schedule(sessionId: SessionId): void {
    if (this.#disposed || this.#timers.has(sessionId)) return;
    const begin = (): void => {
      this.#timers.delete(sessionId);
      this.#last = this.#last
        .then(() => this.#index(sessionId))
        .catch((error: unknown) => {
          if (!this.#disposed) this.#deps.onDefect(error, 'background index');
        });
    };
    this.#timers.set(sessionId, this.#deps.clock.setTimeout(begin, this.#options.delayMs));
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  async #index(sessionId: SessionId): Promise<void> {
    const { workspace, preparing, clock, isOpen } = this.#deps;
    const stopped = (): boolean => this.#disposed || !isOpen(sessionId);
    if (stopped()) return;
    const members = await workspace.members(sessionId);
    if (members.length === 0 || members.length > this.#options.files || stopped()) return;
    const locate = workspace.locator(sessionId);
    const began = clock.elapsed();
    let told = false;
    const tell = (): void => {
      told = true;
      this.#tell(sessionId, 'indexing', `Indexing ${members.length} files.`, { files: members.length });
    };
    const timer = clock.setTimeout(tell, this.#options.noticeAfterMs);
    try {
      const candidates = members.map(name => new FileCandidate(name, locate));
      const complete = await preparing.prepare(candidates, { characters: this.#options.characters, stopped });
      if (!told || stopped()) return;
      const ms = Math.round(clock.elapsed() - began);
      this.#tell(sessionId, 'indexed', complete ? 'The files are indexed.' : 'Some of the files are indexed.', {
        files: members.length,
        complete,
        ms,
      });
    } finally {
      timer.cancel();
    }
  }

  #tell(sessionId: SessionId, kind: string, message: string, data: NonNullable<TelemetryEvent['data']>): void {
    if (!this.#disposed) this.#deps.notify(sessionId, { source: 'index', kind, level: 'info', message, data });
  }
}
