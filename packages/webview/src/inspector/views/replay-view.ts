import { html, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { t } from '../../shared/l10n.ts';
import type { InspectorState } from '../inspector-state.ts';
import { emissionLines, heaviest, sectionLines } from '../packet-lines.ts';
import { effectsView } from './effects-view.ts';
import type { InspectorActions } from './view.ts';

/** A finished run stepped through op by op: what the model saw, what it wrote, what came of it (UI-35, ENG-69). */
export function replayView(state: InspectorState, actions: InspectorActions): TemplateResult {
  const { turn, packet } = state;
  if (!turn) return html`<p class="empty">${t('This run has no turn yet.')}</p>`;
  if (state.failure) return html`<p class="empty" role="alert">${state.failure}</p>`;
  if (!packet) return html`<p class="empty">${icon('loading', undefined, 'spin')} ${t('Reading the packet…')}</p>`;
  const rows = state.rowsOf(turn.id);
  const shown = rows.slice(0, Math.min(rows.length, state.step + 1));
  const log = packet.sections.find(section => section.name === 'log') ?? packet.sections.at(-1);
  const before = log && state.previous?.sections.find(section => section.name === log.name);
  const seen = log ? sectionLines(log, before) : [];
  return html`<div class="replay">
    <header class="part-head">
      <button class="text-button" data-testid="replay-back" @click=${() => actions.setStep(state.step - 1)}>${icon('debug-step-back')} ${t('Back')}</button>
      <button class="text-button" data-testid="replay-next" @click=${() => actions.setStep(state.step + 1)}>${icon('debug-step-over')} ${t('Next op')}</button>
      <span class="number">${t('Loop {0}, turn {1}, op {2} of {3}', turn.loop_seq, turn.seq, shown.length, rows.length)}</span>
    </header>
    <div class="columns">
      <section><h3>${t('What the model saw')}</h3><plurnk-lines .lines=${seen} .search=${state.search} .heaviest=${heaviest(seen)} label=${t('What the model saw')}></plurnk-lines></section>
      <section><h3>${t('What it wrote')}</h3><plurnk-lines .lines=${emissionLines(packet.emission, packet.tree)} .search=${state.search} label=${t('What it wrote')}></plurnk-lines></section>
      <section><h3>${t('What came of it')}</h3>${effectsView(state, actions, shown, shown.length - 1)}</section>
    </div>
  </div>`;
}
