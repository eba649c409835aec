import type { LoopSummary, TurnSummary } from '@plurnk/protocol';
import type { InspectorDiff, InspectorPacket, RowView, RunChoice } from '@plurnk/protocol/webview';

export type InspectorView = 'turn' | 'timeline' | 'compare' | 'replay';

/** What the timeline leaves out; empty strings leave nothing out (UI-31). */
export interface RowFilter {
  readonly op: string;
  readonly status: '' | 'ok' | 'waiting' | 'refused' | 'failed';
  readonly scheme: string;
  readonly text: string;
}

export const NO_FILTER: RowFilter = { op: '', status: '', scheme: '', text: '' };
const KEPT_PACKETS = 8;

/** All that the inspector shows; the server can give every bit of it again. */
export class InspectorState {
  runId: number | null = null;
  runName = '';
  runs: readonly RunChoice[] = [];
  loops: readonly LoopSummary[] = [];
  turns: readonly TurnSummary[] = [];
  rows: readonly RowView[] = [];
  turnId: number | null = null;
  /** Section name, or `emission`, `tree`, `reasoning`, `raw`, `usage`, `effects`. */
  part = 'log';
  view: InspectorView = 'turn';
  compareWith: number | null = null;
  filter: RowFilter = NO_FILTER;
  search = '';
  step = 0;
  failure = '';
  openRow: number | null = null;
  readonly bodies = new Map<number, string>();
  readonly #packets = new Map<number, InspectorPacket>();
  #diff: InspectorDiff | null = null;
  #filtered: { rows: readonly RowView[]; filter: RowFilter; result: readonly RowView[] } | null = null;

  get turn(): TurnSummary | null {
    return this.turns.find(turn => turn.id === this.turnId) ?? null;
  }

  get turnIndex(): number {
    return this.turns.findIndex(turn => turn.id === this.turnId);
  }

  get packet(): InspectorPacket | null {
    return (this.turnId !== null && this.#packets.get(this.turnId)) || null;
  }

  /** Packet of the turn before, for the marks of what changed. */
  get previous(): InspectorPacket | null {
    const before = this.turns[this.turnIndex - 1];
    return (before && this.#packets.get(before.id)) || null;
  }

  get diff(): InspectorDiff | null {
    const fits = this.#diff?.turnIdA === this.compareWith && this.#diff?.turnIdB === this.turnId;
    return fits ? this.#diff : null;
  }

  /** Rows of one turn in order. */
  rowsOf(turnId: number): readonly RowView[] {
    return this.rows.filter(row => row.turnId === turnId);
  }

  /** Rows that the filter leaves; kept until rows or filter change. */
  get filtered(): readonly RowView[] {
    const kept = this.#filtered;
    if (kept?.rows === this.rows && kept.filter === this.filter) return kept.result;
    const result = this.rows.filter(row => matches(row, this.filter));
    this.#filtered = { rows: this.rows, filter: this.filter, result };
    return result;
  }

  keepPacket(packet: InspectorPacket): void {
    this.#packets.set(packet.turnId, packet);
    for (const oldest of this.#packets.keys()) {
      if (this.#packets.size <= KEPT_PACKETS) break;
      this.#packets.delete(oldest);
    }
  }

  keepDiff(diff: InspectorDiff): void {
    this.#diff = diff;
  }

  forget(): void {
    this.#packets.clear();
    this.bodies.clear();
    this.#diff = null;
  }

  upsertRow(row: RowView): void {
    const at = this.rows.findIndex(each => each.id === row.id);
    this.rows = at === -1 ? [...this.rows, row] : this.rows.with(at, row);
  }

  upsertTurn(turn: TurnSummary): void {
    const at = this.turns.findIndex(each => each.id === turn.id);
    this.turns = at === -1 ? [...this.turns, turn] : this.turns.with(at, turn);
  }
}

export function statusGroup(status: number): Exclude<RowFilter['status'], ''> {
  if (status === 102 || status === 202 || status < 200) return 'waiting';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'ok';
}

/** The scheme of a row's address; `file` for a bare path. */
export const schemeOf = (row: RowView): string =>
  /^([a-z][a-z0-9+.-]*):\/\//i.exec(row.target)?.[1] ?? (row.target ? 'file' : '');

function matches(row: RowView, { op, status, scheme, text }: RowFilter): boolean {
  if (op && row.op !== op) return false;
  if (status && statusGroup(row.status) !== status) return false;
  if (scheme && schemeOf(row) !== scheme) return false;
  const needle = text.toLowerCase();
  return !needle || `${row.op} ${row.target} ${row.summary} ${row.text}`.toLowerCase().includes(needle);
}
