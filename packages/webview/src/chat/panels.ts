import type { Notice, PendingView } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../shared/dom.ts';
import { t } from '../shared/l10n.ts';
import { counts } from './rows/proposal-card.ts';
import type { ChatView } from './view.ts';

const NOTICE_ICONS = { info: 'info', warning: 'warning', error: 'error' } as const;

/** A sentence, its cause, one button that mends it (UI-15). */
export function noticeCard(notice: Notice, now: number, view: ChatView): TemplateResult {
  const seconds = notice.until === null ? 0 : Math.max(0, Math.ceil((notice.until - now) / 1_000));
  const action = notice.action;
  return html`<div class="notice ${notice.level}" role=${notice.level === 'error' ? 'alert' : 'status'} data-testid="notice" data-key=${notice.key}>
    ${icon(NOTICE_ICONS[notice.level])}
    <div class="notice-text">
      <div>${notice.text} ${seconds > 0 ? html`<span class="countdown">${t('{0} s', seconds)}</span>` : nothing}</div>
      ${notice.detail ? html`<div class="notice-detail">${notice.detail}</div>` : nothing}
      ${
        action
          ? html`<vscode-button
              data-testid="notice-action"
              @click=${() => view.send('action', { command: action.command, key: notice.key })}
              >${action.label}</vscode-button
            >`
          : nothing
      }
    </div>
    <button class="icon-button" aria-label=${t('Dismiss')} title=${t('Dismiss')} @click=${() => view.send('dismiss', { key: notice.key })}>
      ${icon('close')}
    </button>
  </div>`;
}

/** Sticky while anything waits. */
export function pendingBar(pending: PendingView, view: ChatView): TemplateResult | typeof nothing {
  if (pending.changes === 0) return nothing;
  const changes = pending.changes === 1 ? t('1 change') : t('{0} changes', pending.changes);
  const files = pending.files === 1 ? t('in 1 file') : t('in {0} files', pending.files);
  return html`<div class="pending" data-testid="pending">
    <span class="pending-text">${changes} ${files} ${counts(pending)}</span>
    <button class="text-button" data-testid="review-all" @click=${() => view.send('reviewAll', {})}>${t('Review all')}</button>
    <button
      class="icon-button"
      data-testid="accept-all"
      title=${t('Accept all changes')}
      aria-label=${t('Accept all changes')}
      @click=${() => view.send('resolveAll', { decision: 'accept' })}
    >
      ${icon('check-all')}
    </button>
    <button
      class="icon-button"
      data-testid="reject-all"
      title=${t('Reject all changes')}
      aria-label=${t('Reject all changes')}
      @click=${() => view.send('resolveAll', { decision: 'reject' })}
    >
      ${icon('close')}
    </button>
  </div>`;
}

/** Before the first prompt: one sentence, three examples from the open workspace, the model in use. */
export function emptyState(view: ChatView, use: (prompt: string) => void): TemplateResult {
  const { examples, selectedModel } = view.state;
  return html`<div class="empty" data-testid="empty">
    <p>${t('Ask about this workspace, or say what should change. You review every change before it is written.')}</p>
    <div class="examples">
      ${examples.map(
        example => html`<button class="example" data-testid="example" @click=${() => use(example)}>${example}</button>`,
      )}
    </div>
    ${selectedModel ? html`<p class="quiet">${t('Model: {0}', selectedModel.label)} · ${selectedModel.detail}</p>` : nothing}
  </div>`;
}
