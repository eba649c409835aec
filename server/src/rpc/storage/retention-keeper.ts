import { setImmediate as breathe } from 'node:timers/promises';
import type { SettingValues } from '@plurnk/protocol';
import type { Clock } from '../../engine/contract.ts';
import type { RemovedSession, Retention } from '../../store/maintenance.ts';
import type { StorageTools } from '../../store/storage-tools.ts';
import type { Hub } from '../hub.ts';

/** Clients that were there before have attached again by then, and what they show is in use. */
const FIRST_MS = 3000;
const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Sessions that are deleted without a pause. */
const AT_ONCE = 4;
/** Names in the sentence. */
const NAMED = 10;

export interface RetentionKeeperOptions {
  readonly store: Pick<StorageTools, 'maintenance'>;
  readonly hub: Hub;
  readonly settings: () => SettingValues;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/**
 * Removes old sessions when a person has set that, and says which. A changed setting counts from the next look on: what
 * is only half typed removes nothing.
 */
export class RetentionKeeper {
  readonly #options: RetentionKeeperOptions;
  #timer: { cancel(): void };
  #disposed = false;

  constructor(options: RetentionKeeperOptions) {
    this.#options = options;
    this.#timer = this.#next(FIRST_MS);
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer.cancel();
  }

  #next(ms: number): { cancel(): void } {
    const { clock, log } = this.#options;
    return clock.setTimeout(() => {
      this.#look().catch((error: unknown) => log(`Old sessions were not looked for: ${String(error)}`));
    }, ms);
  }

  async #look(): Promise<void> {
    const { store, hub, settings, log } = this.#options;
    this.#timer = this.#next(EVERY_MS);
    const removed = await this.#remove();
    if (removed.length === 0) return;
    const message = sentence(removed, settings());
    log(message);
    const sessions = removed.map(({ id, name }) => ({ id, name }));
    hub.announce({ source: 'store', kind: 'sessions_removed', level: 'info', message, data: { sessions } });
    if (!this.#disposed) await store.maintenance.compact();
  }

  /** Few at a time: requests get in between. */
  async #remove(): Promise<readonly RemovedSession[]> {
    const { store, hub, settings, clock } = this.#options;
    const removed: RemovedSession[] = [];
    for (let count = AT_ONCE; count === AT_ONCE && !this.#disposed; ) {
      const some = store.maintenance.applyRetention(ruleOf(settings()), clock.now(), hub.sessionsInUse(), AT_ONCE);
      removed.push(...some);
      count = some.length;
      await breathe();
    }
    return removed;
  }
}

function ruleOf({ retentionDays, retentionSessions }: SettingValues): Retention {
  return {
    maxAgeMs: retentionDays > 0 ? retentionDays * DAY_MS : null,
    maxSessions: retentionSessions > 0 ? retentionSessions : null,
  };
}

function sentence(removed: readonly RemovedSession[], { retentionDays, retentionSessions }: SettingValues): string {
  const names = removed.slice(0, NAMED).map(({ name }) => `“${name}”`);
  const more = removed.length > NAMED ? ` and ${removed.length - NAMED} more` : '';
  const rules = [
    ...(retentionDays > 0 ? [`not worked in for ${retentionDays} days`] : []),
    ...(retentionSessions > 0 ? [`older than the newest ${retentionSessions}`] : []),
  ].join(', or ');
  const what = removed.length === 1 ? 'One old session was deleted' : `${removed.length} old sessions were deleted`;
  return `${what}, as your retention settings say (${rules}): ${names.join(', ')}${more}.`;
}
