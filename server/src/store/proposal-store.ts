import type { Decision } from '@plurnk/protocol';
import type { LogEntryId, ProposalKind, ProposalRow, ProposalStore, RunId, SessionId } from './contract.ts';
import type { Database } from './database.ts';
import type { Row } from './sql-engine.ts';
import { assignments, json, jsonObject, numberOrNull, present, textOf, textOrNull } from './values.ts';

const COLUMNS = `log_entry_id, session_id, run_id, kind, scheme, pathname, baseline_hash, base_signature, proposed_hash,
  amended_hash, written_signature, decision, decided_by, outcome, created_at, decided_at, reverted_at, attrs, body`;
const SELECT = `SELECT ${COLUMNS} FROM proposal`;

function toProposal(row: Row): ProposalRow {
  return {
    logEntryId: Number(row.log_entry_id) as LogEntryId,
    sessionId: Number(row.session_id) as SessionId,
    runId: Number(row.run_id) as RunId,
    kind: textOf(row.kind) as ProposalKind,
    scheme: textOrNull(row.scheme),
    pathname: textOf(row.pathname),
    body: textOf(row.body),
    attrs: jsonObject(row.attrs),
    baselineHash: textOrNull(row.baseline_hash),
    baseSignature: textOrNull(row.base_signature),
    proposedHash: textOrNull(row.proposed_hash),
    amendedHash: textOrNull(row.amended_hash),
    writtenSignature: textOrNull(row.written_signature),
    decision: textOrNull(row.decision) as Decision | null,
    by: textOrNull(row.decided_by),
    outcome: textOrNull(row.outcome),
    createdAt: Number(row.created_at),
    decidedAt: numberOrNull(row.decided_at),
    revertedAt: numberOrNull(row.reverted_at),
  };
}

export class SqlProposalStore implements ProposalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  create(row: Parameters<ProposalStore['create']>[0]): ProposalRow {
    this.#database.run(
      `INSERT INTO proposal (log_entry_id, session_id, run_id, kind, scheme, pathname, baseline_hash, base_signature,
        proposed_hash, created_at, attrs, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        row.logEntryId,
        row.sessionId,
        row.runId,
        row.kind,
        row.scheme,
        row.pathname,
        row.baselineHash,
        row.baseSignature,
        row.proposedHash,
        row.createdAt,
        json(row.attrs),
        row.body,
      ],
    );
    return this.#present(row.logEntryId);
  }

  get(id: LogEntryId): ProposalRow | null {
    const row = this.#database.get(`${SELECT} WHERE log_entry_id = ?`, [id]);
    return row === null ? null : toProposal(row);
  }

  pending(sessionId?: SessionId): readonly ProposalRow[] {
    const waiting = `${SELECT} INDEXED BY proposal_pending WHERE decision IS NULL`;
    const rows =
      sessionId === undefined
        ? this.#database.all(`${waiting} ORDER BY log_entry_id`)
        : this.#database.all(`${waiting} AND session_id = ? ORDER BY log_entry_id`, [sessionId]);
    return rows.map(toProposal);
  }

  list(sessionId: SessionId): readonly ProposalRow[] {
    return this.#database.all(`${SELECT} WHERE session_id = ? ORDER BY log_entry_id`, [sessionId]).map(toProposal);
  }

  update(id: LogEntryId, patch: Parameters<ProposalStore['update']>[1]): ProposalRow {
    const set = assignments([
      ['kind', patch.kind],
      ['baseline_hash', patch.baselineHash],
      ['base_signature', patch.baseSignature],
      ['body', patch.body],
      ['amended_hash', patch.amendedHash],
      ['written_signature', patch.writtenSignature],
      ['decision', patch.decision],
      ['decided_by', patch.by],
      ['outcome', patch.outcome],
      ['decided_at', patch.decidedAt],
      ['reverted_at', patch.revertedAt],
      ['attrs', patch.attrs === undefined ? undefined : json(patch.attrs)],
    ]);
    if (set.values.length > 0) {
      this.#database.run(`UPDATE proposal SET ${set.sql} WHERE log_entry_id = ?`, [...set.values, id]);
    }
    return this.#present(id);
  }

  #present(id: LogEntryId): ProposalRow {
    return toProposal(present(this.#database.get(`${SELECT} WHERE log_entry_id = ?`, [id]), 'proposal', id));
  }
}
