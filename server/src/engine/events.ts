import type { PlurnkNotifications } from '@plurnk/protocol';
import type { SessionId } from '../store/contract.ts';
import type { EngineEvent } from './contract.ts';

/** Where every notification of part 5 leaves the engine, in the order of what happened. */
export class EventHub {
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #onDefect: (error: unknown, where: string) => void;

  constructor(onDefect: (error: unknown, where: string) => void) {
    this.#onDefect = onDefect;
  }

  on(listener: (event: EngineEvent) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  emit<Name extends keyof PlurnkNotifications>(
    name: Name,
    sessionId: SessionId,
    payload: PlurnkNotifications[Name],
  ): void {
    const event = { name, sessionId, payload } as EngineEvent;
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onDefect(error, `listener of ${name}`);
      }
    }
  }
}
