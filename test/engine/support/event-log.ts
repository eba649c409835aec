import type { PlurnkNotifications } from '@plurnk/protocol';
import type { Engine, EngineEvent } from '../../../server/src/engine/contract.ts';

type Name = keyof PlurnkNotifications;

/** Every event of an engine, and promises for those to come. */
export class EventLog {
  readonly all: EngineEvent[] = [];
  readonly #waiting = new Set<(event: EngineEvent) => void>();

  constructor(engine: Engine) {
    engine.onEvent(event => {
      this.all.push(event);
      for (const waiter of [...this.#waiting]) waiter(event);
    });
  }

  of<N extends Name>(name: N): PlurnkNotifications[N][] {
    return this.all.filter(event => event.name === name).map(event => event.payload as PlurnkNotifications[N]);
  }

  /** The first event of that name that matches, past ones included unless `after` is given. */
  wait<N extends Name>(
    name: N,
    matches: (payload: PlurnkNotifications[N]) => boolean = () => true,
    after = 0,
  ): Promise<PlurnkNotifications[N]> {
    const fits = (event: EngineEvent): boolean =>
      event.name === name && matches(event.payload as PlurnkNotifications[N]);
    const past = this.all.slice(after).find(fits);
    if (past !== undefined) return Promise.resolve(past.payload as PlurnkNotifications[N]);
    return new Promise(resolve => {
      const waiter = (event: EngineEvent): void => {
        if (!fits(event)) return;
        this.#waiting.delete(waiter);
        resolve(event.payload as PlurnkNotifications[N]);
      };
      this.#waiting.add(waiter);
    });
  }
}
