import type { RowView } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { t } from '../../shared/l10n.ts';
import type { ChatView } from '../view.ts';
import { markdownHtml } from './safe-html.ts';

/** What the person asked. */
export function promptRow(row: RowView, view: ChatView): TemplateResult {
  return html`<article class="prompt" data-testid="user-prompt" data-row=${row.id} aria-label=${t('You')}>
    <div class="prompt-text">${row.text}</div>
    ${row.chips.length === 0 ? nothing : html`<div class="chips">${row.chips.map(path => chipLink(path, view))}</div>`}
  </article>`;
}

function chipLink(path: string, view: ChatView): TemplateResult {
  const open = () => view.send('open', { link: path, lines: null });
  return html`<button class="chip" @click=${open}>${icon('file')}<span>${path}</span></button>`;
}

/** What the model says to the person: the body of a SEND as Markdown. */
export function messageRow(row: RowView): TemplateResult {
  const passing = row.signal !== null && row.signal < 200;
  return html`<article class="message ${passing ? 'passing' : ''}" data-testid="message" data-op="SEND" data-row=${row.id} aria-label=${t('Plurnk')}>
    <div class="markdown">${markdownHtml(row.text)}</div>
  </article>`;
}

/** A failure in a sentence; what lies behind unfolds. */
export function errorRow(row: RowView, view: ChatView): TemplateResult {
  const key = `r${row.id}`;
  const open = view.isOpen(key);
  const [first = '', ...rest] = row.text.split('\n');
  const toggle = () => view.toggle(key, row.more ? row.id : null);
  return html`<div class="op error-row tone-${row.status >= 500 ? 'error' : 'warning'}" data-op="error" data-row=${row.id}>
    <button class="op-line" aria-expanded=${open} @click=${toggle}>
      ${icon(row.status >= 500 ? 'error' : 'warning')}
      <span class="verb">${row.source === 'grammar' ? t('Could not read') : t('Problem')}</span>
      <span class="target plain" title=${first}>${first || row.summary}</span>
      <span class="fold">${icon(open ? 'chevron-down' : 'chevron-right')}</span>
    </button>
    ${open ? html`<pre class="body">${view.state.bodies.get(row.id) ?? [first, ...rest].join('\n')}</pre>` : nothing}
  </div>`;
}
