import type { JsonObject, JsonValue, RowOp, RowState, Writer } from '@plurnk/protocol';
import { NO_TARGET } from '../packet/address.ts';
import { rowBody } from '../packet/row-rendering.ts';
import type { TokenCounter } from '../packet/token-counter.ts';
import type { LogPatch, LogRow, LoopRow, RowTarget, RunRow, TurnRow } from '../store/contract.ts';
import type { Core } from './core.ts';
import { toLogEntry } from './log-entry.ts';

/** A row as its writer states it; the log adds coordinates, time and tokens. */
export interface RowDraft {
  readonly op: RowOp;
  readonly origin: Writer;
  readonly status: number;
  readonly source?: string | null;
  readonly suffix?: string;
  readonly signal?: JsonValue;
  readonly target?: RowTarget | null;
  readonly lineMarker?: { readonly marks: readonly number[] } | null;
  readonly tx?: JsonValue;
  readonly mimetypeTx?: string | null;
  readonly rx?: string | null;
  readonly mimetypeRx?: string | null;
  readonly state?: RowState;
  readonly outcome?: string | null;
  readonly attrs?: JsonObject;
  readonly tags?: readonly string[];
  readonly expanded?: boolean;
}

/** Writes the rows of one turn: the only place that hands out sequence numbers (ENG-20). */
export class TurnLog {
  readonly run: RunRow;
  readonly loop: LoopRow;
  readonly turn: TurnRow;
  /** What the turn's row will hold; written together with what else changes. */
  readonly meta: JsonObject;
  readonly #core: Pick<Core, 'store' | 'clock' | 'events' | 'secrets'>;
  readonly #counter: TokenCounter;
  #next = 1;

  constructor(
    core: Pick<Core, 'store' | 'clock' | 'events' | 'secrets'>,
    at: { run: RunRow; loop: LoopRow; turn: TurnRow },
    counter: TokenCounter,
  ) {
    this.run = at.run;
    this.loop = at.loop;
    this.turn = at.turn;
    this.meta = { ...at.turn.meta };
    this.#core = core;
    this.#counter = counter;
  }

  /** The sequence the next row will have. */
  get nextSequence(): number {
    return this.#next;
  }

  /** Goes on after rows that exist already. */
  continueAfter(sequence: number): void {
    this.#next = sequence + 1;
  }

  append(draft: RowDraft): LogRow {
    const { run, loop, turn } = this;
    const rx = this.#masked(draft.rx ?? null);
    const tx = draft.tx ?? null;
    const row = this.#core.store.log.append({
      ...(draft.target ?? NO_TARGET),
      runId: run.id,
      loopId: loop.id,
      loopSeq: loop.seq,
      turnId: turn.id,
      turnSeq: turn.seq,
      sequence: this.#next,
      at: this.#core.clock.now(),
      origin: draft.origin,
      source: draft.source ?? null,
      op: draft.op,
      suffix: draft.suffix ?? '',
      signal: draft.signal ?? null,
      lineMarker: draft.lineMarker ?? null,
      tx,
      mimetypeTx: draft.mimetypeTx ?? null,
      rx,
      mimetypeRx: draft.mimetypeRx ?? null,
      statusRx: draft.status,
      tokens: this.#tokens({ op: draft.op, tx, rx, statusRx: draft.status }),
      state: draft.state ?? 'resolved',
      outcome: draft.outcome ?? null,
      attrs: draft.attrs ?? {},
      tags: draft.tags ?? [],
      expanded: draft.expanded ?? true,
    });
    this.#next += 1;
    this.#tell(row);
    return row;
  }

  /** Changes a row of this turn and tells it again. */
  update(row: LogRow, patch: LogPatch): LogRow {
    const tx = patch.tx ?? row.tx;
    const rx = patch.rx === undefined ? row.rx : this.#masked(patch.rx);
    const tokens = this.#tokens({ op: row.op, tx, rx, statusRx: patch.statusRx ?? row.statusRx });
    const updated = this.#core.store.log.update(row.id, {
      ...patch,
      ...(patch.rx === undefined ? {} : { rx }),
      tokens,
    });
    this.#tell(updated);
    return updated;
  }

  #masked(text: string | null): string | null {
    return text === null ? null : this.#core.secrets.mask(text);
  }

  #tokens(row: Parameters<typeof rowBody>[0]): number {
    const body = rowBody(row);
    return body === null ? 0 : this.#counter.count(body);
  }

  #tell(row: LogRow): void {
    tellRow(this.#core, this.run, row);
  }
}

/** Every row is told but the mirrors of emissions (part 5). */
export function tellRow(core: Pick<Core, 'events'>, run: Pick<RunRow, 'id' | 'sessionId'>, row: LogRow): void {
  if (row.op === 'model') return;
  core.events.emit('log/entry', run.sessionId, { sessionId: run.sessionId, runId: run.id, entry: toLogEntry(row) });
}
