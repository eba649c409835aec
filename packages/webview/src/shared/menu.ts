import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { icon } from './dom.ts';
import { LightElement } from './light-element.ts';

export interface MenuEntry {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
  readonly icon?: string;
  readonly group?: string;
  readonly depth?: number;
}

/** A button that opens a list to choose from; arrows, Home, End, Enter and Escape work as in the editor's menus. */
export class PlurnkMenu extends LightElement {
  static override properties = {
    entries: { attribute: false },
    selected: {},
    label: {},
    text: {},
    testid: {},
    glyph: {},
    open: { state: true },
    active: { state: true },
    busy: { type: Boolean },
    up: { type: Boolean },
  };
  declare entries: readonly MenuEntry[];
  declare selected: string | null;
  /** What the button is for; read by screen readers and shown on hover. */
  declare label: string;
  /** What the button shows. */
  declare text: string;
  declare testid: string;
  declare glyph: string;
  declare open: boolean;
  declare active: number;
  /** More entries may come. */
  declare busy: boolean;
  /** Opens upwards. */
  declare up: boolean;

  constructor() {
    super();
    this.entries = [];
    this.selected = null;
    this.label = '';
    this.text = '';
    this.testid = '';
    this.glyph = '';
    this.open = false;
    this.active = 0;
    this.busy = false;
    this.up = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('focusout', this.#closeOutside);
  }

  override render(): TemplateResult {
    return html`<button
        class="menu-button"
        data-testid=${this.testid}
        aria-haspopup="listbox"
        aria-expanded=${this.open}
        aria-label="${this.label}: ${this.text}"
        title=${this.label}
        @click=${this.#toggle}
        @keydown=${this.#onKey}
      >
        ${this.glyph ? icon(this.glyph) : nothing}<span>${this.text}</span>${icon('chevron-down')}
      </button>
      ${this.open ? this.#list() : nothing}`;
  }

  #list(): TemplateResult {
    let group: string | undefined;
    return html`<ul class="menu ${this.up ? 'up' : ''}" role="listbox" aria-label=${this.label}>
      ${this.entries.map((entry, index) => {
        const heading = entry.group !== undefined && entry.group !== group;
        group = entry.group;
        return html`${heading ? html`<li class="menu-group" role="presentation">${entry.group}</li>` : nothing}
          <li
            role="option"
            class="menu-entry ${index === this.active ? 'active' : ''} depth-${Math.min(entry.depth ?? 0, 4)}"
            aria-selected=${entry.value === this.selected}
            data-value=${entry.value}
            @mousedown=${(event: MouseEvent) => event.preventDefault()}
            @click=${() => this.#choose(entry)}
            @mouseenter=${() => {
              this.active = index;
            }}
          >
            ${icon(entry.value === this.selected ? 'check' : (entry.icon ?? 'blank'))}
            <span class="menu-label">${entry.label}</span>
            ${entry.detail ? html`<span class="menu-detail">${entry.detail}</span>` : nothing}
          </li>`;
      })}
      ${this.busy ? html`<li class="menu-group" role="presentation">${icon('loading', undefined, 'spin')}</li>` : nothing}
    </ul>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.open && (changed.has('active') || changed.has('open'))) {
      this.querySelector('.menu-entry.active')?.scrollIntoView({ block: 'nearest' });
    }
  }

  readonly #toggle = () => {
    if (!this.open) {
      this.dispatchEvent(new CustomEvent('menu-open'));
      this.active = Math.max(
        0,
        this.entries.findIndex(entry => entry.value === this.selected),
      );
    }
    this.open = !this.open;
  };

  readonly #closeOutside = (event: FocusEvent) => {
    if (!this.contains(event.relatedTarget as Node | null)) this.open = false;
  };

  readonly #onKey = (event: KeyboardEvent) => {
    if (!this.open) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        this.#toggle();
      }
      return;
    }
    const last = this.entries.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(this.active + 1, last),
      ArrowUp: Math.max(this.active - 1, 0),
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    const entry = this.entries[this.active];
    if (target !== undefined) this.active = target;
    else if (event.key === 'Escape') this.open = false;
    else if ((event.key === 'Enter' || event.key === ' ') && entry) this.#choose(entry);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #choose(entry: MenuEntry): void {
    this.open = false;
    this.dispatchEvent(new CustomEvent('menu-choose', { detail: entry.value }));
  }
}
customElements.define('plurnk-menu', PlurnkMenu);
