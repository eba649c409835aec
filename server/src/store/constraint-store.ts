import type { ConstraintEffect } from '@plurnk/protocol';
import type { ConstraintStore, SessionId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import { textOf } from './values.ts';

/** Membership rules of a session, in the order they were made. */
export class SqlConstraintStore implements ConstraintStore {
  readonly #database: Database;
  readonly #ids: Ids;

  constructor(database: Database, ids: Ids) {
    this.#database = database;
    this.#ids = ids;
  }

  add(sessionId: SessionId, effect: ConstraintEffect, glob: string, at: number): void {
    this.#database.run(
      `INSERT INTO membership_rule (id, session_id, effect, glob, at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (session_id, effect, glob) DO NOTHING`,
      [this.#ids.next('membership_rule'), sessionId, effect, glob, at],
    );
  }

  /** The id of a removed rule may come back: nobody keeps it. */
  remove(sessionId: SessionId, effect: ConstraintEffect, glob: string): boolean {
    const removed = this.#database.run('DELETE FROM membership_rule WHERE session_id = ? AND effect = ? AND glob = ?', [
      sessionId,
      effect,
      glob,
    ]);
    return removed > 0;
  }

  list(sessionId: SessionId): readonly { readonly effect: ConstraintEffect; readonly glob: string }[] {
    return this.#database
      .all('SELECT effect, glob FROM membership_rule WHERE session_id = ? ORDER BY id', [sessionId])
      .map(row => ({ effect: textOf(row.effect) as ConstraintEffect, glob: textOf(row.glob) }));
  }
}
