import type { RowView } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { formatDuration } from '../../shared/format.ts';
import { opIcon } from '../../shared/icons.ts';
import { t } from '../../shared/l10n.ts';
import { type InspectorState, statusGroup } from '../inspector-state.ts';
import type { InspectorActions } from './view.ts';

/** The rows that a turn left, each with its body when unfolded. */
export function effectsView(
  state: InspectorState,
  actions: InspectorActions,
  rows: readonly RowView[],
  current?: number,
): TemplateResult {
  if (rows.length === 0) return html`<p class="empty">${t('No rows.')}</p>`;
  return html`<ol class="effects" data-testid="effects">
    ${rows.map((row, i) => effect(state, actions, row, current === i))}
  </ol>`;
}

function effect(state: InspectorState, actions: InspectorActions, row: RowView, current: boolean): TemplateResult {
  const open = state.openRow === row.id || current;
  const body = state.bodies.get(row.id) ?? row.text;
  return html`<li class="effect ${current ? 'current' : ''}" data-row=${row.id}>
    <button class="effect-line" aria-expanded=${open} @click=${() => actions.toggleRow(row.id)}>
      ${icon(opIcon(row.op))}<span class="effect-op">${row.op}</span><span class="effect-target">${row.target}</span>
      <span class="spacer"></span><span class="summary">${row.summary}</span>
      ${row.durationMs === null ? nothing : html`<span class="number">${formatDuration(row.durationMs)}</span>`}
      <span class="status ${statusGroup(row.status)}">${row.status}</span>
    </button>
    ${open ? html`<div class="effect-body"><pre>${body || t('No body.')}</pre>${row.link ? html`<button class="text-button" @click=${() => actions.openTarget(row.id)}>${icon('go-to-file')} ${t('Open')}</button>` : nothing}</div>` : nothing}
  </li>`;
}
