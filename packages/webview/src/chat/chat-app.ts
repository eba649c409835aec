import { CHAT_FROM_VIEW, CHAT_TO_VIEW, type ChatFromView, type Message } from '@plurnk/protocol/webview';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { Channel, type EditorApi } from '../shared/channel.ts';
import { icon } from '../shared/dom.ts';
import { setStrings, t } from '../shared/l10n.ts';
import { LightElement } from '../shared/light-element.ts';
import { VirtualList } from '../shared/virtual-list.ts';
import { ChatState } from './chat-state.ts';
import type { PlurnkComposer } from './composer.ts';
import { headerBar } from './header.ts';
import { emptyState, noticeCard, pendingBar } from './panels.ts';
import { renderItem } from './rows/items.ts';
import type { TimelineItem } from './timeline.ts';
import type { ChatView } from './view.ts';

/** What survives hiding the view and reloading the window (UI-14); everything else comes from the server. */
interface Kept {
  readonly draft: string;
  readonly chips: ChatState['chips'];
  /** Row at the top of the view; null = at the end. */
  readonly anchor: string | null;
  readonly open: readonly string[];
}

const KEPT_DELAY_MS = 150;
const OLDER_WITHIN_PX = 600;

/** The chat view. Rows are templates, not components; only what is visible is drawn. */
export class PlurnkChat extends LightElement implements ChatView {
  readonly state = new ChatState();
  readonly #list: VirtualList;
  readonly #open = new Set<string>();
  readonly #editing = new Map<number, string>();
  #api!: EditorApi;
  #channel!: Channel<typeof CHAT_TO_VIEW, typeof CHAT_FROM_VIEW>;
  #revision = 0;
  #restore: string | null = null;
  #focusRow: number | null = null;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #kept: Kept = { draft: '', chips: [], anchor: null, open: [] };

  constructor() {
    super();
    this.#list = new VirtualList(this, {
      scroller: () => this.querySelector('.conversation'),
      count: () => this.state.timeline.items.length,
      keyOf: index => this.state.timeline.items[index]?.key ?? String(index),
      estimate: index => estimate(this.state.timeline.items[index]),
    });
  }

  /** Connects to the extension and takes up where the view was left. */
  start(api: EditorApi): void {
    this.#api = api;
    this.#kept = { ...this.#kept, ...(api.getState() as Partial<Kept> | undefined) };
    for (const key of this.#kept.open) this.#open.add(key);
    this.state.chips = [...this.#kept.chips];
    this.#restore = this.#kept.anchor;
    this.#channel = new Channel(api, CHAT_TO_VIEW, CHAT_FROM_VIEW, message => this.#receive(message));
    this.#channel.send('ready', {});
  }

  send<Name extends keyof typeof CHAT_FROM_VIEW>(type: Name, payload: ChatFromView[Name]): void {
    this.#channel.send(type, payload);
    if (type === 'dismiss') this.#dismiss((payload as ChatFromView['dismiss']).key);
    if (type === 'send') this.#list.scrollToEnd();
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  toggle(key: string, rowId: number | null): void {
    if (this.#open.delete(key)) {
      this.requestUpdate();
    } else {
      this.#open.add(key);
      if (rowId !== null && !this.state.bodies.has(rowId)) this.send('row/body', { rowId });
      this.requestUpdate();
    }
    this.#keep();
  }

  editing(rowId: number): string | null {
    return this.#editing.get(rowId) ?? null;
  }

  edit(rowId: number, text: string | null): void {
    if (text === null) this.#editing.delete(rowId);
    else this.#editing.set(rowId, text);
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { state } = this;
    return html`
      ${state.header ? headerBar(state.header, this) : nothing}
      <main class="conversation" data-testid="conversation" @scroll=${this.#onScroll} @click=${this.#onClick}>
        ${state.loaded && state.timeline.empty ? emptyState(this, prompt => this.#use(prompt)) : this.#rows()}
      </main>
      ${this.#toEnd()}
      <div class="notices">${state.notices.map(notice => noticeCard(notice, Date.now(), this))}</div>
      ${pendingBar(state.pending, this)}
      <plurnk-composer .view=${this as ChatView} .revision=${this.#revision} @draft=${this.#onDraft}></plurnk-composer>
    `;
  }

  protected override firstUpdated(): void {
    const composer = this.#composer;
    if (composer) composer.draft = this.#kept.draft;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#takeUpPlace();
  }

  #rows(): TemplateResult {
    const items = this.state.timeline.items;
    const visible = this.#list.items();
    const offset = visible[0]?.start ?? 0;
    return html`<div class="rows" role="log" aria-label=${t('Conversation')} .style=${`height: ${this.#list.totalSize()}px`}>
      <div class="window" .style=${`transform: translateY(${offset}px)`}>
        ${repeat(
          visible,
          each => each.key,
          each => {
            const item = items[each.index];
            return item
              ? html`<div class="item" data-index=${each.index} ${ref(this.#list.measure)}>${renderItem(item, this)}</div>`
              : nothing;
          },
        )}
      </div>
    </div>`;
  }

  #toEnd(): TemplateResult | typeof nothing {
    if (this.state.timeline.empty || this.#list.atEnd()) return nothing;
    return html`<div class="to-end">
      <button class="icon-button" title=${t('To the end')} aria-label=${t('To the end')} @click=${() => this.#list.scrollToEnd()}>
        ${icon('arrow-down')}
      </button>
    </div>`;
  }

  get #composer(): PlurnkComposer | null {
    return this.querySelector('plurnk-composer');
  }

  #receive(message: Message<typeof CHAT_TO_VIEW>): void {
    if (message.type === 'init') setStrings(message.payload.strings);
    if (message.type === 'completions' && message.payload.request < this.state.completions.request) return;
    this.state.apply(message);
    if (message.type === 'compose') this.#compose(message.payload.text, message.payload.send);
    if (message.type === 'chip') this.#composer?.focusInput();
    if (message.type === 'focus') this.#focus(message.payload.rowId);
    if (message.type === 'row' && message.payload.row.state !== 'proposed')
      this.#editing.delete(message.payload.row.id);
    if (message.type === 'conversation' && this.#restore === null && this.#focusRow === null)
      void this.updateComplete.then(() => this.#list.scrollToEnd());
    this.#countdown();
    this.#revision++;
    this.requestUpdate();
  }

  #compose(text: string, send: boolean): void {
    const composer = this.#composer;
    if (!composer) return;
    composer.insert(text);
    if (send) composer.submit();
  }

  #use(prompt: string): void {
    this.#composer?.insert(prompt);
  }

  #dismiss(key: string): void {
    this.state.notices = this.state.notices.filter(notice => notice.key !== key);
    this.requestUpdate();
  }

  /** A countdown needs one tick a second, and only while there is one. */
  #countdown(): void {
    const ticking = this.state.notices.some(notice => notice.until !== null && notice.until > Date.now());
    if (ticking && !this.#clock) this.#clock = setInterval(() => this.#tick(), 1_000);
  }

  #tick(): void {
    this.requestUpdate();
    if (this.state.notices.some(notice => notice.until !== null && notice.until > Date.now())) return;
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  #focus(rowId: number | null): void {
    if (rowId === null) this.#composer?.focusInput();
    else this.#focusRow = rowId;
  }

  /** After the rows are there: back to where the person was, or to the row they asked for. */
  #takeUpPlace(): void {
    const { items } = this.state.timeline;
    if (items.length === 0) return;
    if (this.#focusRow !== null) {
      const row = this.#focusRow;
      const at = items.findIndex(item => holds(item, row));
      const { more, firstRowId } = this.state.timeline;
      // It lies before what has been sent: page after page, until it is there.
      if (at < 0 && more && row < (firstRowId ?? 0)) {
        this.#older();
        return;
      }
      this.#focusRow = null;
      if (at >= 0) this.#list.scrollToIndex(at);
    } else if (this.#restore !== null && this.state.loaded) {
      const at = items.findIndex(item => item.key === this.#restore);
      this.#restore = null;
      if (at >= 0) this.#list.scrollToIndexStart(at);
      else this.#list.scrollToEnd();
    }
  }

  readonly #onScroll = (event: Event) => {
    const scroller = event.currentTarget as HTMLElement;
    if (scroller.scrollTop < OLDER_WITHIN_PX) this.#older();
    this.#keep();
  };

  #older(): void {
    const beforeId = this.state.timeline.firstRowId;
    if (!this.state.timeline.more || this.state.loadingOlder || beforeId === null) return;
    this.state.loadingOlder = true;
    this.send('older', { beforeId });
  }

  /** Links in Markdown are opened by the host, after a click. */
  readonly #onClick = (event: MouseEvent) => {
    const anchor = (event.target as HTMLElement).closest('a');
    const link = anchor?.getAttribute('href');
    if (!anchor || !link) return;
    event.preventDefault();
    this.send('open', { link, lines: null });
  };

  readonly #onDraft = (event: CustomEvent<string>) => {
    this.#kept = { ...this.#kept, draft: event.detail };
    this.#save();
  };

  #keep(): void {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = setTimeout(() => this.#save(), KEPT_DELAY_MS);
  }

  /** What is typed is kept at once: the view may be hidden in the next moment. */
  #save(): void {
    const { items } = this.state.timeline;
    const first = this.#list.firstVisible();
    const anchor = this.#list.atEnd() || first === null ? null : (items[first]?.key ?? null);
    // Before the rows are there the old place is still the one to come back to.
    const place = this.state.loaded ? anchor : this.#kept.anchor;
    this.#kept = { ...this.#kept, anchor: place, chips: this.state.chips, open: [...this.#open].slice(-200) };
    this.#api.setState(this.#kept);
  }
}
customElements.define('plurnk-chat', PlurnkChat);

function holds(item: TimelineItem, rowId: number): boolean {
  if (item.kind === 'row') return item.row.id === rowId;
  return item.kind === 'context' && item.rows.some(row => row.id === rowId);
}

/** Heights before a row was ever drawn; close enough that the scroll bar hardly moves. */
function estimate(item: TimelineItem | undefined): number {
  if (!item || item.kind === 'context' || item.kind === 'footer') return 26;
  if (item.kind === 'stream') return 60;
  const { row } = item;
  if (row.kind === 'prompt' || row.kind === 'message') return 34 + 18 * Math.ceil(row.text.length / 60);
  return row.state === 'proposed' ? 96 : 24;
}
