import type { ChatMode, Chip, Completion, ModelChoice } from '@plurnk/protocol/webview';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { icon } from '../shared/dom.ts';
import { t } from '../shared/l10n.ts';
import { LightElement } from '../shared/light-element.ts';
import type { MenuEntry } from '../shared/menu.ts';
import type { ChatState } from './chat-state.ts';
import type { ChatView } from './view.ts';

const COMPLETE_MIN_MS = 60;
const WORD = /(^|\s)([@/])([^\s]*)$/;

/** The input: prompt, chips, model, mode, send and stop (UI-10). */
export class PlurnkComposer extends LightElement {
  static override properties = {
    view: { attribute: false },
    revision: { type: Number },
    draft: { state: true },
    choice: { state: true },
    dropping: { state: true },
  };
  declare view: ChatView;
  /** Grows with every change of the state, so that the composer draws again. */
  declare revision: number;
  declare draft: string;
  declare choice: number;
  declare dropping: boolean;
  #request = 0;
  #wanted: { kind: 'file' | 'command'; from: number } | null = null;
  #recall = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.revision = 0;
    this.draft = '';
    this.choice = 0;
    this.dropping = false;
  }

  get #state(): ChatState {
    return this.view.state;
  }

  get #textarea(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  focusInput(): void {
    this.#textarea?.focus();
  }

  /** Puts text into the input behind what is there. */
  insert(text: string): void {
    this.#setDraft(this.draft.trim() === '' ? text : `${this.draft.trimEnd()}\n${text}`);
    this.focusInput();
  }

  submit(): void {
    const text = this.draft.trim();
    if (text === '') return;
    this.view.send('send', { text, chips: [...this.#state.takeChips()], mode: this.#state.mode });
    this.#recall = -1;
    this.#setDraft('');
  }

  override render(): TemplateResult {
    const running = this.#state.header?.running ?? false;
    const items = this.#wanted ? this.#state.completions.items : [];
    return html`<div
      class="composer ${this.dropping ? 'dropping' : ''}"
      @dragover=${this.#onDrag}
      @dragleave=${this.#onDragLeave}
      @drop=${this.#onDrop}
    >
      ${items.length > 0 ? this.#completions(items) : nothing}
      ${this.#chips()}
      <textarea
        data-testid="prompt-input"
        rows="2"
        aria-label=${t('Prompt')}
        aria-autocomplete="list"
        aria-controls=${items.length > 0 ? 'completions' : nothing}
        aria-activedescendant=${items.length > 0 ? `completion-${this.choice}` : nothing}
        placeholder=${running ? t('Say more; it reaches the model with its next turn') : t('Ask, or @mention files…')}
        .value=${this.draft}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
        @paste=${this.#onPaste}
      ></textarea>
      <div class="composer-bar">${this.#modeMenu()} ${this.#modelMenu()} ${this.#attach()}<span class="spacer"></span>${running ? this.#stop() : nothing} ${this.#sendButton()}</div>
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('draft')) this.dispatchEvent(new CustomEvent('draft', { detail: this.draft }));
  }

  #chips(): TemplateResult | typeof nothing {
    const { chips, selection } = this.#state;
    if (chips.length === 0 && !selection) return nothing;
    return html`<div class="chips">
      ${chips.map(chip => this.#chip(chip))} ${selection ? this.#chip(selection, true) : nothing}
    </div>`;
  }

  /** `own`: it came by itself, with what is selected in the editor. */
  #chip(chip: Chip, own = false): TemplateResult {
    const remove = () => {
      this.#state.removeChip(chip);
      this.dispatchEvent(new CustomEvent('draft', { detail: this.draft }));
      this.requestUpdate();
    };
    const title = own ? t('Selected in the editor; it goes with your prompt') : chip.path;
    return html`<span class="chip ${own ? 'own' : ''}" title=${title} data-testid=${own ? 'selection' : 'chip'}>
      ${icon(chip.lines ? 'selection' : 'file')}<span>${chip.label}</span>
      <button class="icon-button" aria-label=${t('Remove {0}', chip.label)} @click=${remove}>${icon('close')}</button>
    </span>`;
  }

  #completions(items: readonly Completion[]): TemplateResult {
    return html`<ul class="menu up completions" id="completions" role="listbox" aria-label=${t('Suggestions')} data-testid="completions">
      ${items.map(
        (item, index) => html`<li
          id="completion-${index}"
          role="option"
          class="menu-entry ${index === this.choice ? 'active' : ''}"
          aria-selected=${index === this.choice}
          @mousedown=${(event: MouseEvent) => {
            event.preventDefault();
            this.#take(item);
          }}
        >
          ${icon({ file: 'file', symbol: 'symbol-method', command: 'terminal' }[item.kind])}
          <span class="menu-label">${item.label}</span><span class="menu-detail">${item.detail}</span>
        </li>`,
      )}
    </ul>`;
  }

  #modeMenu(): TemplateResult {
    const entries: readonly MenuEntry[] = [
      { value: 'act', label: t('Act'), detail: t('may propose changes and commands'), icon: 'edit' },
      { value: 'ask', label: t('Ask'), detail: t('only reads'), icon: 'comment' },
    ];
    return html`<plurnk-menu
      .entries=${entries}
      .selected=${this.#state.mode}
      .label=${t('Mode')}
      .text=${this.#state.mode === 'act' ? t('Act') : t('Ask')}
      .testid=${'mode'}
      .up=${true}
      @menu-choose=${(event: CustomEvent<ChatMode>) => {
        this.#state.mode = event.detail;
        this.view.send('mode', { mode: event.detail });
        this.requestUpdate();
      }}
    ></plurnk-menu>`;
  }

  #modelMenu(): TemplateResult {
    const { models, selected, probing } = this.#state.models;
    const groups: Readonly<Record<ModelChoice['group'], string>> = {
      editor: t('Models of the editor'),
      local: t('On this machine'),
      configured: t('Configured'),
      demo: t('Without a model'),
    };
    const entries = models.map(({ alias, label, detail, group }) => ({
      value: alias,
      label,
      detail,
      group: groups[group],
    }));
    const add: MenuEntry = { value: '+', label: t('Add Model…'), icon: 'add', group: '' };
    return html`<plurnk-menu
      .entries=${[...entries, add]}
      .selected=${selected}
      .label=${t('Model')}
      .text=${this.#state.selectedModel?.label ?? t('Choose a model')}
      .testid=${'model'}
      .busy=${probing}
      .up=${true}
      @menu-open=${() => this.view.send('discoverModels', {})}
      @menu-choose=${(event: CustomEvent<string>) => {
        if (event.detail === '+') this.view.send('action', { command: 'addModel', key: '' });
        else this.view.send('selectModel', { alias: event.detail });
      }}
    ></plurnk-menu>`;
  }

  #attach(): TemplateResult {
    return html`<button class="icon-button" data-testid="attach" title=${t('Add files')} aria-label=${t('Add files')} @click=${() => this.view.send('attach', {})}>
      ${icon('attach')}
    </button>`;
  }

  #stop(): TemplateResult {
    return html`<button class="stop" data-testid="stop" title=${t('Stop')} @click=${() => this.view.send('stop', {})}>
      ${icon('debug-stop')}<span>${t('Stop')}</span>
    </button>`;
  }

  #sendButton(): TemplateResult {
    return html`<button
      class="send"
      data-testid="send"
      ?disabled=${this.draft.trim() === ''}
      title=${t('Send (Enter)')}
      aria-label=${t('Send')}
      @click=${() => this.submit()}
    >
      ${icon('send')}
    </button>`;
  }

  #setDraft(text: string): void {
    this.draft = text;
    this.#wanted = null;
  }

  readonly #onInput = (event: InputEvent) => {
    this.draft = (event.target as HTMLTextAreaElement).value;
    this.#recall = -1;
    this.#complete();
  };

  #complete(): void {
    const textarea = this.#textarea;
    if (!textarea) return;
    const before = this.draft.slice(0, textarea.selectionStart);
    const match = WORD.exec(before);
    const [, , sign, query = ''] = match ?? [];
    if (!match || (sign === '/' && before.trimStart() !== before.slice(match.index).trimStart())) {
      this.#wanted = null;
      return;
    }
    const kind = sign === '@' ? 'file' : 'command';
    this.#wanted = { kind, from: before.length - query.length - 1 };
    this.choice = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.view.send('complete', { request: ++this.#request, kind, query }),
      COMPLETE_MIN_MS,
    );
  }

  #take(item: Completion): void {
    const textarea = this.#textarea;
    if (!textarea || !this.#wanted) return;
    const after = this.draft.slice(textarea.selectionStart);
    const start = this.draft.slice(0, this.#wanted.from);
    const inserted = `${item.insert} `;
    this.#setDraft(start + inserted + after.trimStart());
    if (item.chip) this.#state.addChip(item.chip);
    this.#state.completions = { request: this.#request, items: [] };
    void this.updateComplete.then(() =>
      textarea.setSelectionRange(start.length + inserted.length, start.length + inserted.length),
    );
  }

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const items = this.#wanted ? this.#state.completions.items : [];
    if (items.length > 0 && this.#completionKey(event, items)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      this.#recallKey(event);
    }
  };

  #completionKey(event: KeyboardEvent, items: readonly Completion[]): boolean {
    const item = items[this.choice];
    if (event.key === 'ArrowDown') this.choice = (this.choice + 1) % items.length;
    else if (event.key === 'ArrowUp') this.choice = (this.choice + items.length - 1) % items.length;
    else if (event.key === 'Escape') this.#wanted = null;
    else if ((event.key === 'Enter' || event.key === 'Tab') && item) this.#take(item);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    this.requestUpdate();
    return true;
  }

  /** Up in an empty or recalled input walks back through the prompts. */
  #recallKey(event: KeyboardEvent): void {
    const { prompts } = this.#state;
    if (this.draft !== '' && this.#recall < 0) return;
    const next = this.#recall + (event.key === 'ArrowUp' ? 1 : -1);
    if (next >= prompts.length || next < -1) return;
    event.preventDefault();
    this.#setDraft(next < 0 ? '' : (prompts[next] ?? ''));
    this.#recall = next;
  }

  readonly #onPaste = (event: ClipboardEvent) => this.#takeUris(event.clipboardData, event);

  readonly #onDrag = (event: DragEvent) => {
    event.preventDefault();
    this.dropping = true;
  };

  readonly #onDragLeave = () => {
    this.dropping = false;
  };

  readonly #onDrop = (event: DragEvent) => {
    this.dropping = false;
    this.#takeUris(event.dataTransfer, event);
  };

  #takeUris(data: DataTransfer | null, event: Event): void {
    const list = data?.getData('application/vnd.code.uri-list') || data?.getData('text/uri-list') || '';
    const uris = list.split(/\r?\n/).filter(line => line !== '' && !line.startsWith('#'));
    if (uris.length === 0) return;
    event.preventDefault();
    this.view.send('drop', { uris });
  }
}
customElements.define('plurnk-composer', PlurnkComposer);
