import type { SqlBlobStore } from './blob-store.ts';
import type { LoopId, RunId, SessionId, StoredSection, TurnId, TurnRow, TurnStore } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import type { SqlValue } from './journal-format.ts';
import { decodeIds, encodeIds } from './part-list.ts';
import type { Row } from './sql-engine.ts';
import { assignments, json, jsonObject, numberOrNull, present, textOf, textOrNull } from './values.ts';

const COLUMNS = `id, loop_id, run_id, seq, status, finish_reason, model, prompt_tokens, completion_tokens, cached_tokens,
  cost_pico, price_version, created_at, ended_at, emission_blob, reasoning_blob, meta, meta_blob`;
const RUNNING = 102;
/** Characters; longer metadata (raw responses) goes to the blobs, so that scanning turns stays cheap. */
const MAX_INLINE_META = 2048;

type Usage = ReturnType<TurnStore['usage']>;

export class SqlTurnStore implements TurnStore {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #blobs: SqlBlobStore;

  constructor(database: Database, ids: Ids, blobs: SqlBlobStore) {
    this.#database = database;
    this.#ids = ids;
    this.#blobs = blobs;
  }

  open(turn: { loopId: LoopId; runId: RunId; at: number }): TurnRow {
    const id = this.#ids.next('turn') as TurnId;
    this.#database.together(() => {
      const last = this.#database.get('SELECT max(seq) AS seq FROM turn WHERE loop_id = ?', [turn.loopId]);
      this.#database.run(
        `INSERT INTO turn (id, loop_id, run_id, seq, copied, status, created_at, meta) VALUES (?, ?, ?, ?, 0, ?, ?, '{}')`,
        [id, turn.loopId, turn.runId, Number(last?.seq ?? 0) + 1, RUNNING, turn.at],
      );
    });
    return this.#present(id);
  }

  get(id: TurnId): TurnRow | null {
    const row = this.#database.get(`SELECT ${COLUMNS} FROM turn WHERE id = ?`, [id]);
    return row === null ? null : this.#toTurn(row);
  }

  list(loopId: LoopId): readonly TurnRow[] {
    const rows = this.#database.all(`SELECT ${COLUMNS} FROM turn WHERE loop_id = ? ORDER BY seq`, [loopId]);
    return rows.map(row => this.#toTurn(row));
  }

  listRun(runId: RunId): readonly TurnRow[] {
    const rows = this.#database.all(`SELECT ${COLUMNS} FROM turn WHERE run_id = ? ORDER BY id`, [runId]);
    return rows.map(row => this.#toTurn(row));
  }

  latest(of: { loopId: LoopId } | { runId: RunId }): TurnRow | null {
    const [where, id] = 'loopId' in of ? ['loop_id = ? ORDER BY seq', of.loopId] : ['run_id = ? ORDER BY id', of.runId];
    const row = this.#database.get(`SELECT ${COLUMNS} FROM turn WHERE ${where} DESC LIMIT 1`, [id]);
    return row === null ? null : this.#toTurn(row);
  }

  ids(loopId: LoopId): readonly TurnId[] {
    const rows = this.#database.all('SELECT id FROM turn WHERE loop_id = ? ORDER BY seq', [loopId]);
    return rows.map(row => Number(row.id) as TurnId);
  }

  update(id: TurnId, patch: Partial<Omit<TurnRow, 'id' | 'loopId' | 'runId' | 'seq' | 'createdAt'>>): TurnRow {
    this.#database.together(() => {
      const set = assignments([
        ['status', patch.status],
        ['finish_reason', patch.finishReason],
        ['model', patch.model],
        ['prompt_tokens', patch.promptTokens],
        ['completion_tokens', patch.completionTokens],
        ['cached_tokens', patch.cachedTokens],
        ['cost_pico', patch.costPico],
        ['price_version', patch.priceVersion],
        ['ended_at', patch.endedAt],
        ['emission_blob', this.#blobId(patch.emission)],
        ['reasoning_blob', this.#blobId(patch.reasoning)],
        ...this.#metaColumns(patch.meta),
      ]);
      if (set.values.length > 0) this.#database.run(`UPDATE turn SET ${set.sql} WHERE id = ?`, [...set.values, id]);
    });
    return this.#present(id);
  }

  savePacket(id: TurnId, sections: readonly StoredSection[]): void {
    this.#database.together(() => {
      this.#database.run('DELETE FROM section WHERE turn_id = ?', [id]);
      for (const [position, section] of sections.entries()) {
        const divided = isDivided(section);
        const parts = divided ? (section.parts ?? []) : [section.content];
        this.#database.run(
          `INSERT INTO section (turn_id, position, name, slot, header, tokens, divided, parts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            id,
            position,
            section.name,
            section.slot,
            section.header,
            section.tokens,
            divided ? 1 : 0,
            encodeIds(parts.map(part => this.#blobs.id(part))),
          ],
        );
      }
    });
  }

  readPacket(id: TurnId): readonly StoredSection[] | null {
    const rows = this.#database.all(
      'SELECT name, slot, header, tokens, divided, parts FROM section WHERE turn_id = ? ORDER BY position',
      [id],
    );
    return rows.length === 0 ? null : rows.map(row => this.#toSection(row));
  }

  /** Turns that a fork inherited were paid for by the run they come from. */
  usage(of: { loopId: LoopId } | { runId: RunId } | { sessionId: SessionId }): Usage {
    const [where, id] = whose(of);
    const row = this.#database.get(
      `SELECT coalesce(sum(prompt_tokens), 0) AS prompt, coalesce(sum(completion_tokens), 0) AS completion,
        coalesce(sum(cached_tokens), 0) AS cached, coalesce(sum(cost_pico), 0) AS cost, count(*) AS turns,
        coalesce(sum(model IS NOT NULL AND cost_pico IS NULL), 0) AS unknown
        FROM turn INDEXED BY turn_usage WHERE ${where} AND copied = 0`,
      [id],
    );
    return {
      promptTokens: Number(row?.prompt ?? 0),
      completionTokens: Number(row?.completion ?? 0),
      cachedTokens: Number(row?.cached ?? 0),
      costPico: Number(row?.unknown ?? 0) > 0 ? null : Number(row?.cost ?? 0),
      turns: Number(row?.turns ?? 0),
    };
  }

  #present(id: TurnId): TurnRow {
    return this.#toTurn(present(this.#database.get(`SELECT ${COLUMNS} FROM turn WHERE id = ?`, [id]), 'turn', id));
  }

  #blobId(text: string | null | undefined): number | null | undefined {
    return text === null || text === undefined ? text : this.#blobs.id(text);
  }

  #metaColumns(meta: TurnRow['meta'] | undefined): readonly (readonly [string, SqlValue | undefined])[] {
    if (meta === undefined) return [];
    const text = json(meta);
    const inline = text.length <= MAX_INLINE_META;
    return [
      ['meta', inline ? text : '{}'],
      ['meta_blob', inline ? null : this.#blobs.id(text)],
    ];
  }

  #text(blobId: SqlValue | undefined): string | null {
    return blobId === null || blobId === undefined ? null : this.#blobs.text(Number(blobId));
  }

  #toTurn(row: Row): TurnRow {
    return {
      id: Number(row.id) as TurnId,
      loopId: Number(row.loop_id) as LoopId,
      runId: Number(row.run_id) as RunId,
      seq: Number(row.seq),
      status: Number(row.status),
      emission: this.#text(row.emission_blob),
      reasoning: this.#text(row.reasoning_blob),
      finishReason: textOrNull(row.finish_reason),
      model: textOrNull(row.model),
      promptTokens: numberOrNull(row.prompt_tokens),
      completionTokens: numberOrNull(row.completion_tokens),
      cachedTokens: numberOrNull(row.cached_tokens),
      costPico: numberOrNull(row.cost_pico),
      priceVersion: textOrNull(row.price_version),
      meta: jsonObject(row.meta_blob === null ? row.meta : this.#text(row.meta_blob)),
      createdAt: Number(row.created_at),
      endedAt: numberOrNull(row.ended_at),
    };
  }

  #toSection(row: Row): StoredSection {
    const parts = decodeIds(row.parts).map(id => this.#blobs.text(id));
    return {
      name: textOf(row.name),
      slot: row.slot === 'system' ? 'system' : 'user',
      header: textOrNull(row.header),
      content: parts.join(''),
      ...(row.divided === 1 ? { parts } : {}),
      tokens: Number(row.tokens),
    };
  }
}

/** Lengths are compared, not texts: joining ten thousand parts again would cost more than storing them. */
function isDivided({ parts, content }: StoredSection): boolean {
  if (parts === undefined) return false;
  return parts.reduce((sum, part) => sum + part.length, 0) === content.length;
}

function whose(of: { loopId: LoopId } | { runId: RunId } | { sessionId: SessionId }): readonly [string, number] {
  if ('loopId' in of) return ['run_id = (SELECT run_id FROM loop WHERE id = ?1) AND loop_id = ?1', of.loopId];
  if ('runId' in of) return ['run_id = ?', of.runId];
  return ['run_id IN (SELECT id FROM run WHERE session_id = ?)', of.sessionId];
}
