import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { formatTokens } from '../shared/format.ts';
import { LightElement } from '../shared/light-element.ts';
import { setStyle } from '../shared/set-style.ts';
import { VirtualList } from '../shared/virtual-list.ts';

export interface Line {
  readonly text: string;
  /** `add`, `remove`, `hunk`, `same`, `head`. */
  readonly tone?: string;
  /** Tokens of what begins here: drawn as a bar at the end of the line. */
  readonly weight?: number;
  /** Coloured pieces; their texts joined are `text`. */
  readonly pieces?: readonly { readonly text: string; readonly tone: string }[];
}

/** Exact monospaced text of any length; only what is visible is drawn, what is searched is marked. */
export class PlurnkLines extends LightElement {
  static override properties = { lines: { attribute: false }, search: {}, heaviest: { attribute: false }, label: {} };
  declare lines: readonly Line[];
  declare search: string;
  declare heaviest: number;
  declare label: string;
  readonly #list: VirtualList;

  constructor() {
    super();
    this.lines = [];
    this.search = '';
    this.heaviest = 0;
    this.label = '';
    this.#list = new VirtualList(this, {
      scroller: () => this.querySelector('.lines'),
      count: () => this.lines.length,
      keyOf: index => String(index),
      estimate: () => 18,
      anchor: 'start',
    });
  }

  /** Brings the next line that holds the search into view; its index or -1. */
  find(from: number, step: 1 | -1): number {
    const needle = this.search.toLowerCase();
    if (!needle) return -1;
    for (let i = 1; i <= this.lines.length; i++) {
      const at = (from + step * i + this.lines.length * 2) % this.lines.length;
      if (this.lines[at]?.text.toLowerCase().includes(needle)) {
        this.#list.scrollToIndex(at);
        return at;
      }
    }
    return -1;
  }

  /** Another text begins at its beginning. */
  protected override updated(changed: PropertyValues): void {
    if (changed.has('label')) this.#list.scrollToStart();
  }

  override render(): TemplateResult {
    const items = this.#list.items();
    return html`<div class="lines" tabindex="0" role="region" aria-label=${this.label}>
      <div class="lines-all" style=${setStyle({ height: `${this.#list.totalSize()}px` })}>
        <div class="lines-window" style=${setStyle({ transform: `translateY(${items[0]?.start ?? 0}px)` })}>
          ${items.map(({ index }) => this.#line(index))}
        </div>
      </div>
    </div>`;
  }

  #line(index: number): TemplateResult {
    const line = this.lines[index] as Line;
    const sign = line.tone === 'add' ? '+' : line.tone === 'remove' ? '−' : '';
    return html`<div class="line ${line.tone ?? ''}" data-index=${index} ${ref(this.#list.measure)}>
      <span class="sign" aria-hidden="true">${sign}</span><code>${this.#content(line)}</code>${this.#weight(line)}
    </div>`;
  }

  #content(line: Line): unknown {
    if (this.search) return marked(line.text, this.search);
    if (!line.pieces) return line.text === '' ? ' ' : line.text;
    return line.pieces.map(piece =>
      piece.tone ? html`<span class="tone-${piece.tone}">${piece.text}</span>` : piece.text,
    );
  }

  #weight(line: Line): unknown {
    if (line.weight === undefined) return nothing;
    const share = this.heaviest > 0 ? Math.min(1, line.weight / this.heaviest) : 0;
    return html`<span class="weight" title="${line.weight}"
      >${formatTokens(line.weight)}<i style=${setStyle({ width: `${Math.round(share * 48)}px` })}></i
    ></span>`;
  }
}
customElements.define('plurnk-lines', PlurnkLines);

/** The text with every occurrence marked; case does not matter. */
function marked(text: string, search: string): unknown[] {
  const pieces: unknown[] = [];
  const [low, needle] = [text.toLowerCase(), search.toLowerCase()];
  let from = 0;
  for (let at = low.indexOf(needle); at !== -1 && low.length === text.length; at = low.indexOf(needle, from)) {
    pieces.push(text.slice(from, at), html`<mark>${text.slice(at, at + needle.length)}</mark>`);
    from = at + needle.length;
  }
  pieces.push(text.slice(from));
  return pieces;
}
