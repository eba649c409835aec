import { INSPECTOR_FROM_VIEW, INSPECTOR_TO_VIEW, type Message } from '@plurnk/protocol/webview';
import { html, type TemplateResult } from 'lit';
import { Channel, type EditorApi } from '../shared/channel.ts';
import { icon } from '../shared/dom.ts';
import { formatCost, formatDuration } from '../shared/format.ts';
import { setStrings, t } from '../shared/l10n.ts';
import { LightElement } from '../shared/light-element.ts';
import { runWord } from '../shared/run-word.ts';
import { setStyle } from '../shared/set-style.ts';
import { VirtualList } from '../shared/virtual-list.ts';
import { InspectorState, type InspectorView, type RowFilter, statusGroup } from './inspector-state.ts';
import type { PlurnkLines } from './lines.ts';
import { timingOf } from './timing.ts';
import { compareView } from './views/compare-view.ts';
import { replayView } from './views/replay-view.ts';
import { timelineView } from './views/timeline-view.ts';
import { turnView } from './views/turn-view.ts';
import type { InspectorActions } from './views/view.ts';

interface Kept {
  readonly runId: number | null;
  readonly turnId: number | null;
  readonly part: string;
  readonly view: InspectorView;
}

/** The inspector panel: every turn of a run, to the byte (UI-30 … UI-35). */
export class PlurnkInspector extends LightElement implements InspectorActions {
  readonly state = new InspectorState();
  readonly #timeline: VirtualList;
  #api!: EditorApi;
  #channel!: Channel<typeof INSPECTOR_TO_VIEW, typeof INSPECTOR_FROM_VIEW>;
  #wanted = new Set<number>();
  #found = -1;

  constructor() {
    super();
    this.#timeline = new VirtualList(this, {
      scroller: () => this.querySelector('.waterfall'),
      count: () => (this.state.view === 'timeline' ? this.state.filtered.length : 0),
      keyOf: index => String(this.state.filtered[index]?.id ?? index),
      estimate: () => 22,
      anchor: 'start',
    });
  }

  start(api: EditorApi): void {
    this.#api = api;
    const kept = api.getState() as Partial<Kept> | undefined;
    Object.assign(this.state, { turnId: kept?.turnId ?? null, part: kept?.part ?? 'log', view: kept?.view ?? 'turn' });
    this.#channel = new Channel(api, INSPECTOR_TO_VIEW, INSPECTOR_FROM_VIEW, message => this.#receive(message));
    window.addEventListener('keydown', this.#onKey);
    this.#channel.send('ready', {});
    if (kept?.runId) this.#channel.send('run', { runId: kept.runId });
  }

  override render(): TemplateResult {
    const { state } = this;
    const views: Record<InspectorView, () => TemplateResult> = {
      turn: () => turnView(state, this),
      timeline: () => timelineView(state, this, this.#timeline),
      compare: () => compareView(state, this),
      replay: () => replayView(state, this),
    };
    return html`${this.#head()}${this.#turns()}<main class="content" data-view=${state.view}>${views[state.view]()}</main>`;
  }

  #head(): TemplateResult {
    const { state } = this;
    const tab = (view: InspectorView, label: string): TemplateResult => html`<button
      role="tab" class="tab" data-view=${view} aria-selected=${state.view === view} @click=${() => this.selectView(view)}>${label}</button>`;
    return html`<header class="bar-top">
      <plurnk-menu
        label=${t('Run')} testid="inspector-run" text=${state.runName || t('No run')}
        .entries=${state.runs.map(run => ({ value: String(run.id), label: run.name, detail: runWord(run.status) }))}
        .selected=${String(state.runId ?? '')}
        @menu-choose=${(event: CustomEvent<string>) => this.#channel.send('run', { runId: Number(event.detail) })}
      ></plurnk-menu>
      <div role="tablist" class="tabs">${tab('turn', t('Turn'))}${tab('timeline', t('Timeline'))}${tab('compare', t('Compare'))}${tab('replay', t('Replay'))}</div>
      <span class="spacer"></span>
      <input type="search" class="search" data-testid="inspector-search" placeholder=${t('Search ( / )')} aria-label=${t('Search')} .value=${state.search}
        @input=${(event: Event) => this.#search((event.target as HTMLInputElement).value)} @keydown=${this.#onSearchKey} />
      <button class="text-button" data-testid="continue-here" title=${t('A new run with this history')} @click=${this.#fork}>${icon('git-branch')} ${t('Continue from here')}</button>
      <button class="text-button" data-testid="export-html" @click=${() => this.#channel.send('export', { format: 'html' })}>${icon('export')} HTML</button>
      <button class="text-button" data-testid="export-jsonl" @click=${() => this.#channel.send('export', { format: 'jsonl' })}>JSONL</button>
    </header>`;
  }

  #turns(): TemplateResult {
    const { state } = this;
    const longest = state.turns.reduce((most, turn) => Math.max(most, timingOf(turn).totalMs), 1);
    return html`<nav class="turns" aria-label=${t('Turns')}>
      ${state.turns.map(turn => {
        const timing = timingOf(turn);
        const height = (ms: number) => setStyle({ height: `${Math.round((ms / longest) * 24)}px` });
        const title = `${t('Loop {0}, turn {1}', turn.loop_seq, turn.seq)} · ${turn.status} · ${t('waiting')} ${formatDuration(timing.waitMs)} · ${t('generating')} ${formatDuration(timing.generateMs)} · ${t('executing')} ${formatDuration(timing.executeMs)} · ${formatCost(turn.cost_pico)}`;
        return html`<button class="turn-button ${statusGroup(turn.status)}" data-turn=${turn.id} aria-current=${turn.id === state.turnId} title=${title} aria-label="${turn.loop_seq}.${turn.seq} ${title}" @click=${() => this.selectTurn(turn.id)}>
          <span class="turn-bars"><i class="execute" style=${height(timing.executeMs)}></i><i class="generate" style=${height(timing.generateMs)}></i><i class="wait" style=${height(timing.waitMs)}></i></span>
          <span>${turn.loop_seq}.${turn.seq}</span>
        </button>`;
      })}
    </nav>`;
  }

  selectTurn(turnId: number): void {
    Object.assign(this.state, { turnId, failure: '', step: 0, openRow: null });
    const at = this.state.turnIndex;
    if (this.state.compareWith === null || this.state.compareWith === turnId) {
      this.state.compareWith = (this.state.turns[at - 1] ?? this.state.turns[at + 1])?.id ?? null;
    }
    this.#load();
  }

  selectPart(part: string): void {
    this.state.part = part;
    this.#keep();
  }

  selectView(view: InspectorView): void {
    Object.assign(this.state, { view, failure: '' });
    this.#load();
  }

  compareWith(turnId: number): void {
    this.state.compareWith = turnId;
    this.#load();
  }

  setFilter(filter: Partial<RowFilter>): void {
    this.state.filter = { ...this.state.filter, ...filter };
    this.requestUpdate();
  }

  /** Past the last op the next turn begins, before the first the one before ends. */
  setStep(step: number): void {
    const { state } = this;
    const last = state.turnId === null ? 0 : state.rowsOf(state.turnId).length - 1;
    const neighbour =
      step < 0 ? state.turns[state.turnIndex - 1] : step > last ? state.turns[state.turnIndex + 1] : undefined;
    if (neighbour) {
      this.selectTurn(neighbour.id);
      state.step = step < 0 ? Math.max(0, state.rowsOf(neighbour.id).length - 1) : 0;
    } else state.step = Math.max(0, Math.min(step, last));
    const row = state.turnId === null ? undefined : state.rowsOf(state.turnId)[state.step];
    if (row?.more) this.#channel.send('row/body', { rowId: row.id });
    this.requestUpdate();
  }

  toggleRow(rowId: number): void {
    this.state.openRow = this.state.openRow === rowId ? null : rowId;
    const row = this.state.rows.find(one => one.id === rowId);
    if (row?.more && !this.state.bodies.has(rowId)) this.#channel.send('row/body', { rowId });
    this.requestUpdate();
  }

  openTarget(rowId: number): void {
    this.#channel.send('open', { rowId });
  }

  goTo(turnId: number, rowId: number): void {
    Object.assign(this.state, { view: 'turn', part: 'effects' });
    this.selectTurn(turnId);
    this.toggleRow(rowId);
    void this.updateComplete.then(() =>
      this.querySelector(`.effect[data-row="${rowId}"]`)?.scrollIntoView({ block: 'center' }),
    );
  }

  copy(text: string): void {
    this.#channel.send('copy', { text });
  }

  #receive(message: Message<typeof INSPECTOR_TO_VIEW>): void {
    const { state } = this;
    if (message.type === 'init') setStrings(message.payload.strings);
    if (message.type === 'run') this.#showRun(message.payload);
    if (message.type === 'turn') state.upsertTurn(message.payload.turn);
    if (message.type === 'row') state.upsertRow(message.payload.row);
    if (message.type === 'diff') state.keepDiff(message.payload);
    if (message.type === 'row/body') state.bodies.set(message.payload.rowId, message.payload.text);
    if (message.type === 'packet') {
      state.keepPacket(message.payload);
      this.#wanted.delete(message.payload.turnId);
    }
    if (message.type === 'failed') this.#failed(message.payload);
    if (message.type === 'show') {
      const { turnId, rowId } = message.payload;
      if (rowId === null) this.selectTurn(turnId);
      else this.goTo(turnId, rowId);
    }
    this.requestUpdate();
  }

  #showRun(run: Extract<Message<typeof INSPECTOR_TO_VIEW>, { type: 'run' }>['payload']): void {
    const { state } = this;
    if (state.runId !== run.runId) state.forget();
    Object.assign(state, {
      runId: run.runId,
      runName: run.runName,
      runs: run.runs,
      loops: run.loops,
      turns: run.turns,
      rows: run.rows,
    });
    const known = state.turns.some(turn => turn.id === state.turnId);
    const shown = known ? state.turnId : (state.turns.at(-1)?.id ?? null);
    if (shown !== null) this.selectTurn(shown);
  }

  /** What failed is asked for again once another turn or view is chosen. */
  #failed({ turnId, text }: { turnId: number | null; text: string }): void {
    this.#wanted.clear();
    if (turnId === null || turnId === this.state.turnId) this.state.failure = text;
  }

  /** Asks for what the view needs and does not have. */
  #load(): void {
    const { state } = this;
    this.#keep();
    const before = state.turns[state.turnIndex - 1];
    if (state.turnId !== null && !state.packet) this.#want(state.turnId);
    if (before && !state.previous) this.#want(before.id);
    if (state.view === 'compare' && state.turnId !== null && state.compareWith !== null && !state.diff) {
      this.#channel.send('diff', { turnIdA: state.compareWith, turnIdB: state.turnId });
    }
  }

  #want(turnId: number): void {
    if (this.#wanted.has(turnId)) return;
    this.#wanted.add(turnId);
    this.#channel.send('packet', { turnId });
  }

  #keep(): void {
    const { runId, turnId, part, view } = this.state;
    this.#api.setState({ runId, turnId, part, view } satisfies Kept);
    this.requestUpdate();
  }

  #search(text: string): void {
    this.state.search = text;
    this.#found = -1;
    this.requestUpdate();
    void this.updateComplete.then(() => this.#next(1));
  }

  #next(step: 1 | -1): void {
    const lines = this.querySelector<PlurnkLines>('plurnk-lines');
    if (lines) this.#found = lines.find(this.#found, step);
  }

  readonly #fork = (): void => {
    if (this.state.turnId !== null) this.#channel.send('fork', { turnId: this.state.turnId });
  };

  readonly #onSearchKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') this.#next(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape') {
      this.#search('');
      (event.target as HTMLElement).blur();
    }
    event.stopPropagation();
  };

  /** j and k step through the turns, / searches (design.md). */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      /^(?:INPUT|SELECT|TEXTAREA)$/.test((event.target as Element).tagName)
    )
      return;
    const neighbour = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
    const turn = neighbour === 0 ? undefined : this.state.turns[this.state.turnIndex + neighbour];
    if (turn) this.selectTurn(turn.id);
    if (event.key === '/') {
      event.preventDefault();
      this.querySelector<HTMLInputElement>('.search')?.focus();
    }
  };
}
customElements.define('plurnk-inspector', PlurnkInspector);
