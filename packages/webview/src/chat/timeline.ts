import type { LoopView, RowView } from '@plurnk/protocol/webview';

/** `writing`: the model generates; `acting`: its ops are carried out; `waiting`: one of them waits for the person. */
export type StreamPhase = 'writing' | 'acting' | 'waiting';

/** One thing in the list. */
export type TimelineItem =
  | { readonly kind: 'row'; readonly key: string; readonly row: RowView }
  | { readonly kind: 'context'; readonly key: string; readonly rows: RowView[] }
  | {
      readonly kind: 'stream';
      readonly key: string;
      readonly turnId: number;
      readonly text: string;
      readonly phase: StreamPhase;
    }
  | { readonly kind: 'footer'; readonly key: string; readonly loop: LoopView };

const ENDED = 200;

/**
 * The conversation in the order of its rows, with what the list draws between them: the footer after a loop's last
 * row, the text of the turn that is being generated, and the runtime's own look around as one line.
 */
export class Timeline {
  #rows: RowView[] = [];
  readonly #index = new Map<number, number>();
  readonly #loops = new Map<number, LoopView>();
  #stream: { turnId: number; text: string; phase: StreamPhase } | null = null;
  #base: readonly TimelineItem[] | null = null;
  #items: readonly TimelineItem[] | null = null;
  more = false;

  /** The list; rebuilt only after a change of rows or loops, a streamed chunk replaces its last item. */
  get items(): readonly TimelineItem[] {
    this.#base ??= this.#build();
    if (this.#items === null) {
      this.#items = this.#stream
        ? [...this.#base, { kind: 'stream', key: `t${this.#stream.turnId}`, ...this.#stream }]
        : this.#base;
    }
    return this.#items;
  }

  get firstRowId(): number | null {
    return this.#rows[0]?.id ?? null;
  }

  get empty(): boolean {
    return this.#rows.length === 0 && this.#stream === null;
  }

  row(id: number): RowView | undefined {
    const at = this.#index.get(id);
    return at === undefined ? undefined : this.#rows[at];
  }

  reset(rows: readonly RowView[], loops: readonly LoopView[], more: boolean): void {
    this.#rows = [...rows];
    this.more = more;
    this.#stream = null;
    this.#loops.clear();
    for (const loop of loops) this.#loops.set(loop.id, loop);
    this.#reindex();
  }

  prepend(rows: readonly RowView[], more: boolean): void {
    this.#rows = [...rows.filter(row => !this.#index.has(row.id)), ...this.#rows];
    this.more = more;
    this.#reindex();
  }

  /** A new row, or a new version of one. Ids grow in the order of events. */
  upsert(row: RowView): void {
    if (this.#stream?.turnId === row.turnId && row.origin === 'model') {
      this.#stream = { ...this.#stream, phase: row.state === 'proposed' ? 'waiting' : 'acting' };
    }
    const at = this.#index.get(row.id);
    if (at === undefined) {
      this.#append(row);
    } else {
      this.#rows[at] = row;
      this.#dirty();
    }
  }

  setLoop(loop: LoopView): void {
    this.#loops.set(loop.id, loop);
    this.#dirty();
  }

  startTurn(turnId: number): void {
    this.#stream = { turnId, text: '', phase: 'writing' };
    this.#items = null;
  }

  growTurn(turnId: number, text: string): void {
    const before = this.#stream?.turnId === turnId ? this.#stream.text : '';
    this.#stream = { turnId, text: before + text, phase: 'writing' };
    this.#items = null;
  }

  endTurn(turnId: number): void {
    if (this.#stream?.turnId === turnId) this.#stream = null;
    this.#items = null;
  }

  #append(row: RowView): void {
    const last = this.#rows.at(-1);
    this.#rows.push(row);
    if (last && last.id > row.id) {
      this.#rows.sort((a, b) => a.id - b.id);
      this.#reindex();
    } else {
      this.#index.set(row.id, this.#rows.length - 1);
      this.#dirty();
    }
  }

  #reindex(): void {
    this.#index.clear();
    this.#rows.forEach((row, at) => {
      this.#index.set(row.id, at);
    });
    this.#dirty();
  }

  #dirty(): void {
    this.#base = null;
    this.#items = null;
  }

  #build(): TimelineItem[] {
    const items: TimelineItem[] = [];
    this.#rows.forEach((row, at) => {
      const last = items.at(-1);
      if (row.kind === 'context' && last?.kind === 'context' && last.rows[0]?.loopId === row.loopId) {
        last.rows.push(row);
      } else if (row.kind === 'context') {
        items.push({ kind: 'context', key: `c${row.id}`, rows: [row] });
      } else {
        items.push({ kind: 'row', key: `r${row.id}`, row });
      }
      if (this.#rows[at + 1]?.loopId !== row.loopId) this.#footer(row.loopId, items);
    });
    return items;
  }

  #footer(loopId: number, items: TimelineItem[]): void {
    const loop = this.#loops.get(loopId);
    if (loop && (loop.status >= ENDED || loop.status === 202)) items.push({ kind: 'footer', key: `f${loop.id}`, loop });
  }
}
