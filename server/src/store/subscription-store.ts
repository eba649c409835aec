import type { EntryId, RunId, SubscriptionId, SubscriptionRow, SubscriptionStore } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import type { Row } from './sql-engine.ts';
import { flag, json, jsonObject, numberOrNull, present, textOf } from './values.ts';

const COLUMNS = `id, run_id, entry_id, scheme, coordinate, state, close_status, turn_scoped, poll_seconds, attrs,
  started_at, ended_at, seen, concluded_seen`;
const SELECT = `SELECT ${COLUMNS} FROM subscription`;

function toSubscription(row: Row): SubscriptionRow {
  return {
    id: Number(row.id) as SubscriptionId,
    runId: Number(row.run_id) as RunId,
    entryId: Number(row.entry_id) as EntryId,
    scheme: textOf(row.scheme),
    coordinate: textOf(row.coordinate),
    state: textOf(row.state) as SubscriptionRow['state'],
    closeStatus: numberOrNull(row.close_status),
    turnScoped: row.turn_scoped === 1,
    pollSeconds: numberOrNull(row.poll_seconds),
    attrs: jsonObject(row.attrs),
    startedAt: Number(row.started_at),
    endedAt: numberOrNull(row.ended_at),
    seen: jsonObject(row.seen) as { readonly [channel: string]: number },
    concludedSeen: row.concluded_seen === 1,
  };
}

export class SqlSubscriptionStore implements SubscriptionStore {
  readonly #database: Database;
  readonly #ids: Ids;

  constructor(database: Database, ids: Ids) {
    this.#database = database;
    this.#ids = ids;
  }

  open(row: Parameters<SubscriptionStore['open']>[0]): SubscriptionRow {
    const id = this.#ids.next('subscription') as SubscriptionId;
    this.#database.run(
      `INSERT INTO subscription (${COLUMNS}) VALUES (?, ?, ?, ?, ?, 'active', NULL, ?, ?, ?, ?, NULL, '{}', 0)`,
      [
        id,
        row.runId,
        row.entryId,
        row.scheme,
        row.coordinate,
        flag(row.turnScoped),
        row.pollSeconds,
        json(row.attrs),
        row.startedAt,
      ],
    );
    return this.#present(id);
  }

  get(id: SubscriptionId): SubscriptionRow | null {
    const row = this.#database.get(`${SELECT} WHERE id = ?`, [id]);
    return row === null ? null : toSubscription(row);
  }

  byEntry(entryId: EntryId): SubscriptionRow | null {
    const row = this.#database.get(`${SELECT} WHERE entry_id = ? ORDER BY id DESC LIMIT 1`, [entryId]);
    return row === null ? null : toSubscription(row);
  }

  /** The first close wins: a stream ends once. */
  close(id: SubscriptionId, close: { state: 'closed' | 'errored'; closeStatus: number; at: number }): SubscriptionRow {
    this.#database.run(
      "UPDATE subscription SET state = ?, close_status = ?, ended_at = ? WHERE id = ? AND state = 'active'",
      [close.state, close.closeStatus, close.at, id],
    );
    return this.#present(id);
  }

  active(runId?: RunId): readonly SubscriptionRow[] {
    const rows =
      runId === undefined
        ? this.#database.all(`${SELECT} INDEXED BY subscription_active WHERE state = 'active' ORDER BY id`)
        : this.#database.all(`${SELECT} WHERE run_id = ? AND state = 'active' ORDER BY id`, [runId]);
    return rows.map(toSubscription);
  }

  unseen(runId: RunId): readonly SubscriptionRow[] {
    return this.#database
      .all(`${SELECT} INDEXED BY subscription_unseen WHERE run_id = ? AND concluded_seen = 0 ORDER BY id`, [runId])
      .map(toSubscription);
  }

  markSeen(id: SubscriptionId, seen: { [channel: string]: number }, concludedSeen: boolean): void {
    this.#database.run('UPDATE subscription SET seen = ?, concluded_seen = ? WHERE id = ?', [
      json(seen),
      flag(concludedSeen),
      id,
    ]);
  }

  #present(id: SubscriptionId): SubscriptionRow {
    return toSubscription(present(this.#database.get(`${SELECT} WHERE id = ?`, [id]), 'subscription', id));
  }
}
