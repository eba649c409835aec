import type { RowView } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { t } from '../../shared/l10n.ts';

export type Tone = 'ok' | 'progress' | 'warning' | 'error' | 'off';

/** Colour class of a status; the mark beside it says the same without colour (design.md). */
export function toneOf(status: number): Tone {
  if (status === 202 || status === 102 || status === 100) return 'progress';
  if (status >= 500) return 'error';
  if (status === 499) return 'off';
  if (status >= 400) return 'warning';
  return 'ok';
}

/** The status in words. */
export function statusWord(status: number): string {
  const words: Readonly<Record<number, string>> = {
    204: t('nothing found'),
    304: t('no change'),
    400: t('malformed'),
    403: t('not allowed'),
    404: t('not found'),
    405: t('read-only'),
    409: t('conflict'),
    413: t('too long'),
    415: t('not text'),
    416: t('outside the content'),
    425: t('not ready yet'),
    429: t('limit reached'),
    499: t('cancelled'),
    500: t('failed'),
    501: t('not supported'),
    504: t('timed out'),
    508: t('too many runs'),
  };
  return words[status] ?? (status >= 500 ? t('failed') : status >= 400 ? t('refused') : t('ok'));
}

/** The mark at the end of an op line: nothing for success, else an icon and a word. */
export function statusMark(row: RowView): TemplateResult | typeof nothing {
  if (row.state === 'proposed') return html`<span class="mark tone-progress">${icon('clock')} ${t('waiting')}</span>`;
  if (row.live)
    return html`<span class="mark tone-progress">${icon('loading', undefined, 'spin')} ${t('running')}</span>`;
  const tone = toneOf(row.status);
  if (tone === 'ok' && row.status !== 204) return nothing;
  const glyph = { error: 'error', warning: 'warning', progress: 'clock', off: 'circle-slash', ok: 'dash' }[tone];
  return html`<span class="mark tone-${tone}" title=${String(row.status)}>${icon(glyph)} ${statusWord(row.status)}</span>`;
}
