import type { LoopView, RowView } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { formatCost, formatDuration, formatTokens } from '../../shared/format.ts';
import { opIcon } from '../../shared/icons.ts';
import { t } from '../../shared/l10n.ts';
import { previewEmission } from '../stream-preview.ts';
import type { StreamPhase, TimelineItem } from '../timeline.ts';
import type { ChatView } from '../view.ts';
import { errorRow, messageRow, promptRow } from './messages.ts';
import { opRow, verbOf } from './op-line.ts';
import { proposalCard } from './proposal-card.ts';
import { streamingMarkdown } from './safe-html.ts';

/** The template of one item of the list. */
export function renderItem(item: TimelineItem, view: ChatView): TemplateResult {
  switch (item.kind) {
    case 'row':
      return renderRow(item.row, view);
    case 'context':
      return contextRow(item.key, item.rows, view);
    case 'stream':
      return streamRow(item.text, item.phase);
    case 'footer':
      return footerRow(item.loop, view);
  }
}

function renderRow(row: RowView, view: ChatView): TemplateResult {
  if (row.kind === 'prompt') return promptRow(row, view);
  if (row.kind === 'message') return messageRow(row);
  if (row.kind === 'error') return errorRow(row, view);
  if (row.proposal && row.state === 'proposed') return proposalCard(row, row.proposal, view);
  return opRow(row, view);
}

/** What the runtime put before the model by itself, as one quiet line. */
function contextRow(key: string, rows: readonly RowView[], view: ChatView): TemplateResult {
  const open = view.isOpen(key);
  return html`<div class="op context" data-op="context">
    <button class="op-line op-head" aria-expanded=${open} @click=${() => view.toggle(key, null)}>
      ${icon('eye')}
      <span class="verb">${t('Context')}</span>
      <span class="target plain">${rows.length === 1 ? t('1 row that the model sees from the start') : t('{0} rows that the model sees from the start', rows.length)}</span>
      <span class="fold">${icon(open ? 'chevron-down' : 'chevron-right')}</span>
    </button>
    ${open ? html`<div class="nested">${rows.map(row => opRow(row, view))}</div>` : nothing}
  </div>`;
}

/** The turn that is being written: its ops in plain words, the message as it grows (UI-11). */
function streamRow(text: string, phase: StreamPhase): TemplateResult {
  // Once its rows arrive they tell the same, and better.
  const previews = phase === 'writing' ? previewEmission(text) : [];
  const last = previews.at(-1);
  return html`<div class="stream" data-testid="streaming" aria-live="off">
    ${previews.map(({ op, target, body, open }) => {
      if (op === 'SEND' && target === '') return html`<div class="message markdown">${streamingMarkdown(body)}</div>`;
      const first = op === 'PLAN' ? body.trim().split('\n')[0] : target || body.trim().split('\n')[0];
      return html`<div class="op pale">
        <div class="op-line">
          ${icon(opIcon(op))}<span class="verb">${verbOf(op)}</span><span class="target plain">${first}</span>
          ${open ? html`<span class="result">${t('{0} characters', body.length)}</span>` : nothing}
        </div>
      </div>`;
    })}
    ${last?.open || phase === 'waiting' ? nothing : html`<div class="thinking">${icon('loading', undefined, 'spin')} ${t('Working…')}</div>`}
  </div>`;
}

function footerRow(loop: LoopView, view: ChatView): TemplateResult {
  const parts = [
    footerWord(loop),
    loop.turns === 1 ? t('1 turn') : t('{0} turns', loop.turns),
    t('{0} tokens', formatTokens(loop.tokens)),
  ];
  const hover =
    loop.durationMs === null ? t('Look inside') : `${formatDuration(loop.durationMs)} · ${t('Look inside')}`;
  const bad = loop.status >= 400;
  return html`<button
    class="footer ${bad ? (loop.status >= 500 ? 'tone-error' : 'tone-warning') : ''}"
    data-testid="loop-footer"
    data-status=${loop.status}
    title=${hover}
    @click=${() => view.send('inspect', { turnId: loop.lastTurnId })}
  >
    <span class="footer-text">
      ${bad ? icon(loop.status === 499 ? 'circle-slash' : 'warning') : nothing} ${parts.join(' · ')} ·
      <span data-testid="loop-cost">${formatCost(loop.costPico)}</span>
      ${loop.reason && bad ? html`<span class="reason">${loop.reason}</span>` : nothing}
    </span>
  </button>`;
}

function footerWord(loop: LoopView): string {
  const words: Readonly<Record<number, string>> = {
    200: t('done'),
    202: t('waiting for something'),
    413: t('stopped: too long for the model'),
    429: t('stopped: turn limit reached'),
    499: loop.reason === 'interrupted' ? t('interrupted') : t('stopped'),
    500: t('failed'),
    504: t('stopped: took too long'),
    508: t('stopped: going in circles'),
  };
  return words[loop.status] ?? (loop.status >= 400 ? t('failed') : t('done'));
}
