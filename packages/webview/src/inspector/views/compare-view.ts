import { html, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { formatTokens } from '../../shared/format.ts';
import { t } from '../../shared/l10n.ts';
import type { InspectorState } from '../inspector-state.ts';
import type { Line } from '../lines.ts';
import { diffLines } from '../packet-lines.ts';
import type { InspectorActions } from './view.ts';

/** What differs between the packets of any two turns (UI-32). */
export function compareView(state: InspectorState, actions: InspectorActions): TemplateResult {
  const { turn, diff } = state;
  if (!turn) return html`<p class="empty">${t('This run has no turn yet.')}</p>`;
  if (state.failure) return html`<p class="empty" role="alert">${state.failure}</p>`;
  return html`<div class="compare">
    <header class="part-head">
      <label>${t('Compare with')}
        <select data-testid="compare-with" @change=${(event: Event) => actions.compareWith(Number((event.target as HTMLSelectElement).value))}>
          ${state.turns
            .filter(one => one.id !== turn.id)
            .map(
              one =>
                html`<option value=${one.id} ?selected=${one.id === state.compareWith}>${t('Loop {0}, turn {1}', one.loop_seq, one.seq)}</option>`,
            )}
        </select>
      </label>
    </header>
    ${state.compareWith === null ? html`<p class="empty">${t('There is no other turn to compare with.')}</p>` : diff ? html`<plurnk-lines .lines=${linesOf(diff)} .search=${state.search} label=${t('Differences')}></plurnk-lines>` : html`<p class="empty">${icon('loading', undefined, 'spin')} ${t('Comparing…')}</p>`}
  </div>`;
}

function linesOf(diff: NonNullable<InspectorState['diff']>): Line[] {
  const whole = (content: string, tone: string): Line[] => content.split('\n').map(text => ({ text, tone }));
  const lines = [
    ...diff.changed.flatMap(one => [
      head(`${one.name}  ${formatTokens(one.tokensA)} → ${formatTokens(one.tokensB)}`),
      ...diffLines(one.diff).filter(line => line.tone !== 'head'),
    ]),
    ...diff.added.flatMap(one => [head(t('{0} is new', one.name)), ...whole(one.content, 'add')]),
    ...diff.removed.flatMap(one => [head(t('{0} is gone', one.name)), ...whole(one.content, 'remove')]),
  ];
  return lines.length > 0 ? lines : [head(t('The packets are the same.'))];
}

const head = (text: string): Line => ({ text, tone: 'head' });
