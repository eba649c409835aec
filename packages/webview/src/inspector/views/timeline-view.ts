import type { RowView } from '@plurnk/protocol/webview';
import { html, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { icon } from '../../shared/dom.ts';
import { formatDuration } from '../../shared/format.ts';
import { opIcon } from '../../shared/icons.ts';
import { t } from '../../shared/l10n.ts';
import { setStyle } from '../../shared/set-style.ts';
import type { VirtualList } from '../../shared/virtual-list.ts';
import { type InspectorState, schemeOf, statusGroup } from '../inspector-state.ts';
import type { InspectorActions } from './view.ts';

/** Ops over time with status colours, filtered; a click goes to the row (UI-31). */
export function timelineView(state: InspectorState, actions: InspectorActions, list: VirtualList): TemplateResult {
  const rows = state.filtered;
  const [start, end] = reach(state.rows);
  const items = list.items();
  return html`<div class="timeline">
    ${filterBar(state, actions, rows.length)}
    <div class="waterfall" tabindex="0" role="region" aria-label=${t('Ops over time')}>
      <div class="lines-all" style=${setStyle({ height: `${list.totalSize()}px` })}>
        <div class="lines-window" style=${setStyle({ transform: `translateY(${items[0]?.start ?? 0}px)` })}>
          ${items.map(({ index }) => {
            const row = rows[index];
            return row ? timelineRow(row, start, end, actions, index, list) : html``;
          })}
        </div>
      </div>
    </div>
  </div>`;
}

function timelineRow(
  row: RowView,
  start: number,
  end: number,
  actions: InspectorActions,
  index: number,
  list: VirtualList,
): TemplateResult {
  const span = Math.max(1, end - start);
  const left = ((startOf(row) - start) / span) * 100;
  const width = Math.max(0.4, ((row.durationMs ?? 0) / span) * 100);
  return html`<button class="time-row" data-index=${index} data-row=${row.id} ${ref(list.measure)} @click=${() => actions.goTo(row.turnId, row.id)}
    title="${new Date(row.at).toLocaleTimeString()} · ${formatDuration(row.at - start)}">
    <span class="time-label">${icon(opIcon(row.op))} <b>${row.op}</b> ${row.target || row.summary}</span>
    <span class="time-track"><i class=${statusGroup(row.status)} style=${setStyle({ left: `${Math.min(99, left)}%`, width: `${Math.min(100 - left, width)}%` })}></i></span>
    <span class="status ${statusGroup(row.status)}">${row.status}</span>
  </button>`;
}

/** A command's row is written when it starts, other rows when their op is through. */
const startOf = (row: RowView): number => (row.op === 'EXEC' ? row.at : row.at - (row.durationMs ?? 0));

function reach(rows: readonly RowView[]): [number, number] {
  const first = rows.reduce((earliest, row) => Math.min(earliest, startOf(row)), rows[0]?.at ?? 0);
  return [first, rows.reduce((latest, row) => Math.max(latest, startOf(row) + (row.durationMs ?? 0)), first)];
}

function filterBar(state: InspectorState, actions: InspectorActions, shown: number): TemplateResult {
  const ops = [...new Set(state.rows.map(row => row.op))].sort();
  const schemes = [...new Set(state.rows.map(schemeOf))].filter(Boolean).sort();
  const choice = (
    label: string,
    name: 'op' | 'status' | 'scheme',
    values: readonly (readonly [string, string])[],
  ): TemplateResult => html`<select
    aria-label=${label}
    data-testid="filter-${name}"
    .value=${state.filter[name]}
    @change=${(event: Event) => actions.setFilter({ [name]: (event.target as HTMLSelectElement).value })}
  >
    <option value="">${label}</option>
    ${values.map(([value, text]) => html`<option value=${value} ?selected=${state.filter[name] === value}>${text}</option>`)}
  </select>`;
  const same = (values: readonly string[]) => values.map(value => [value, value] as const);
  return html`<div class="filters">
    ${choice(t('All ops'), 'op', same(ops))}
    ${choice(t('All statuses'), 'status', [
      ['ok', t('ok')],
      ['waiting', t('waiting')],
      ['refused', t('refused')],
      ['failed', t('failed')],
    ])}
    ${choice(t('All schemes'), 'scheme', same(schemes))}
    <input type="search" data-testid="filter-text" placeholder=${t('Filter by text')} aria-label=${t('Filter by text')} .value=${state.filter.text}
      @input=${(event: Event) => actions.setFilter({ text: (event.target as HTMLInputElement).value })} />
    <span class="spacer"></span><span class="number">${t('{0} of {1} rows', shown, state.rows.length)}</span>
  </div>`;
}
