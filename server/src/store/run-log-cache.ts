import type { LogEntryId, LogRow, RunId } from './contract.ts';

interface CachedRun {
  readonly rows: LogRow[];
  characters: number;
  /** Ids rise with the coordinates: rows are mostly written in the order of events. */
  ascending: boolean;
}

/** Characters of rows that are kept in memory, over all runs; the run used longest ago goes first. */
const MAX_CHARACTERS = 48 << 20;
const ROW_CHARACTERS = 600;

function weight(row: LogRow): number {
  return ROW_CHARACTERS + (row.rx?.length ?? 0);
}

function compare(a: LogRow, b: LogRow): number {
  return a.loopSeq - b.loopSeq || a.turnSeq - b.turnSeq || a.sequence - b.sequence || a.id - b.id;
}

/** Whole logs of the runs in use, in the order of events: a turn reads its run's log without asking SQLite again. */
export class RunLogCache {
  readonly #runs = new Map<RunId, CachedRun>();
  #characters = 0;

  /** The run's rows, or null when they are not cached. The array is the caller's. */
  get(runId: RunId): LogRow[] | null {
    return this.#touch(runId)?.rows.slice() ?? null;
  }

  /** The run's rows with an id above `sinceId`, by id; null when the run is not cached. Costs by what is new. */
  since(runId: RunId, sinceId: LogEntryId): LogRow[] | null {
    const cached = this.#touch(runId);
    if (cached === undefined) return null;
    const { rows, ascending } = cached;
    if (!ascending) return rows.filter(row => row.id > sinceId).sort((a, b) => a.id - b.id);
    let at = rows.length;
    while (at > 0 && (rows[at - 1] as LogRow).id > sinceId) at--;
    return rows.slice(at);
  }

  set(runId: RunId, rows: readonly LogRow[]): void {
    this.drop(runId);
    const characters = rows.reduce((sum, row) => sum + weight(row), 0);
    if (characters > MAX_CHARACTERS) return;
    const ascending = rows.every((row, index) => index === 0 || (rows[index - 1] as LogRow).id < row.id);
    this.#runs.set(runId, { rows: rows.slice(), characters, ascending });
    this.#characters += characters;
    for (const other of this.#runs.keys()) {
      if (this.#characters <= MAX_CHARACTERS) return;
      if (other !== runId) this.drop(other);
    }
  }

  /** Adds or replaces one row of a cached run. */
  put(row: LogRow): void {
    const cached = this.#runs.get(row.runId);
    if (cached === undefined) return;
    const { rows } = cached;
    let at = rows.length;
    while (at > 0 && compare(row, rows[at - 1] as LogRow) < 0) at--;
    const there = rows[at - 1];
    if (there?.id === row.id) {
      rows[at - 1] = row;
      this.#grow(cached, weight(row) - weight(there));
    } else {
      cached.ascending &&= at === rows.length && (there === undefined || there.id < row.id);
      rows.splice(at, 0, row);
      this.#grow(cached, weight(row));
    }
  }

  remove(runId: RunId, ids: ReadonlySet<LogEntryId>): void {
    const cached = this.#runs.get(runId);
    if (cached === undefined) return;
    this.set(
      runId,
      cached.rows.filter(row => !ids.has(row.id)),
    );
  }

  drop(runId: RunId): void {
    const cached = this.#runs.get(runId);
    if (cached === undefined) return;
    this.#runs.delete(runId);
    this.#characters -= cached.characters;
  }

  clear(): void {
    this.#runs.clear();
    this.#characters = 0;
  }

  #touch(runId: RunId): CachedRun | undefined {
    const cached = this.#runs.get(runId);
    if (cached === undefined) return undefined;
    this.#runs.delete(runId);
    this.#runs.set(runId, cached);
    return cached;
  }

  #grow(cached: CachedRun, by: number): void {
    cached.characters += by;
    this.#characters += by;
  }
}
