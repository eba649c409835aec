import type { PacketSection, TurnSummary } from '@plurnk/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { formatCost, formatDuration, formatTokens } from '../../shared/format.ts';
import { t } from '../../shared/l10n.ts';
import { setStyle } from '../../shared/set-style.ts';
import type { InspectorState } from '../inspector-state.ts';
import type { Line } from '../lines.ts';
import { emissionLines, heaviest, sectionLines } from '../packet-lines.ts';
import { pluginFacts } from '../plugin-facts.ts';
import { timingOf } from '../timing.ts';
import { effectsView } from './effects-view.ts';
import type { InspectorActions } from './view.ts';

/** One turn: what was sent on the left by weight, the exact text of one part on the right (UI-30). */
export function turnView(state: InspectorState, actions: InspectorActions): TemplateResult {
  const { packet, turn } = state;
  if (!turn) return html`<p class="empty">${t('This run has no turn yet.')}</p>`;
  if (state.failure) return html`<p class="empty" role="alert">${state.failure}</p>`;
  if (!packet) return html`<p class="empty">${icon('loading', undefined, 'spin')} ${t('Reading the packet…')}</p>`;
  const total = packet.sections.reduce((sum, section) => sum + section.tokens, 0);
  return html`<div class="turn">
    <nav class="parts" aria-label=${t('Parts of the turn')}>
      <h3>${t('Packet')} <span class="number">${formatTokens(total)}</span></h3>
      ${packet.sections.map(section => partButton(state, actions, section.name, section.name, section.tokens / Math.max(1, total), section))}
      <h3>${t('Answer')}</h3>
      ${partButton(state, actions, 'emission', t('Emission'))} ${partButton(state, actions, 'tree', t('Parse tree'))}
      ${packet.reasoning ? partButton(state, actions, 'reasoning', t('Reasoning')) : nothing}
      ${packet.raw ? partButton(state, actions, 'raw', t('Raw response')) : nothing}
      ${partButton(state, actions, 'effects', t('Effects'))} ${partButton(state, actions, 'usage', t('Usage and cost'))}
    </nav>
    <section class="part" aria-label=${state.part}>${partView(state, actions, turn)}</section>
  </div>`;
}

function partButton(
  state: InspectorState,
  actions: InspectorActions,
  part: string,
  label: string,
  share?: number,
  section?: PacketSection,
): TemplateResult {
  return html`<button
    class="part-button ${state.part === part ? 'selected' : ''}"
    data-part=${part}
    aria-current=${state.part === part}
    @click=${() => actions.selectPart(part)}
  >
    <span class="part-name">${label}</span>
    ${section ? html`<span class="number">${formatTokens(section.tokens)}</span>` : nothing}
    ${share === undefined ? nothing : html`<i class="bar" style=${setStyle({ width: `${Math.round(share * 100)}%` })}></i>`}
  </button>`;
}

function partView(state: InspectorState, actions: InspectorActions, turn: TurnSummary): TemplateResult {
  const packet = state.packet;
  if (!packet) return html``;
  if (state.part === 'usage') return usageView(turn);
  if (state.part === 'effects') return effectsView(state, actions, state.rowsOf(turn.id));
  if (state.part === 'tree') return treeView(state);
  const section = packet.sections.find(one => one.name === state.part);
  const lines = section
    ? sectionLines(
        section,
        state.previous?.sections.find(one => one.name === section.name),
      )
    : textLines(
        state.part === 'emission'
          ? emissionLines(packet.emission, packet.tree)
          : state.part === 'raw'
            ? packet.raw
            : packet.reasoning,
      );
  return html`<header class="part-head">
      <h2>${section ? (section.header ?? section.name) : state.part}</h2>
      ${section ? html`<span class="slot">${section.slot}</span>` : nothing}
      <span class="spacer"></span>
      <button class="text-button" @click=${() => actions.copy(textOf(state))}>${icon('copy')} ${t('Copy')}</button>
    </header>
    <plurnk-lines .lines=${lines} .search=${state.search} .heaviest=${heaviest(lines)} label=${state.part}></plurnk-lines>`;
}

const textLines = (given: string | Line[]): Line[] =>
  typeof given === 'string' ? given.split('\n').map(text => ({ text })) : given;

function textOf(state: InspectorState): string {
  const packet = state.packet;
  const section = packet?.sections.find(one => one.name === state.part);
  if (section) return section.content;
  if (state.part === 'emission') return packet?.emission ?? '';
  return (state.part === 'raw' ? packet?.raw : packet?.reasoning) ?? '';
}

function treeView(state: InspectorState): TemplateResult {
  const packet = state.packet;
  const slice = (start: number, end: number): string => packet?.emission.slice(start, end) ?? '';
  return html`<ol class="tree">
    ${packet?.tree.map(
      node => html`<li class="node ${node.kind}">
        <span class="node-label">${icon(node.kind === 'error' ? 'error' : node.kind === 'text' ? 'quote' : 'symbol-method')} ${node.label}</span>
        ${node.parts.map(
          part =>
            html`<div class="node-part"><span class="node-name">${part.name}</span><code>${slice(part.start, Math.min(part.end, part.start + 400))}</code></div>`,
        )}
      </li>`,
    )}
  </ol>`;
}

function usageView(turn: TurnSummary): TemplateResult {
  const timing = timingOf(turn);
  const text = (value: unknown): string => (value === null || value === undefined ? t('unknown') : String(value));
  const tokens = (value: number | null): string => (value === null ? t('unknown') : formatTokens(value));
  const facts: readonly (readonly [string, string])[] = [
    [t('Status'), String(turn.status)],
    [t('Model'), text(turn.model)],
    [t('Finish reason'), text(turn.finish_reason)],
    [t('Prompt tokens'), tokens(turn.prompt_tokens)],
    [t('Cached tokens'), tokens(turn.cached_tokens)],
    [t('Completion tokens'), tokens(turn.completion_tokens)],
    [t('Cost'), formatCost(turn.cost_pico)],
    [t('Prices of'), text(turn.price_version)],
    [t('Waiting'), formatDuration(timing.waitMs)],
    [t('Generating'), formatDuration(timing.generateMs)],
    [t('Executing'), formatDuration(timing.executeMs)],
    ...(typeof turn.meta.constrained === 'boolean'
      ? [[t('Grammar'), turn.meta.constrained ? t('obeyed') : t('unconstrained')] as const]
      : []),
    ...pluginFacts(turn.meta.packetPlugins),
    ...Object.entries(turn.meta)
      .filter(([name, value]) => name !== 'constrained' && ['string', 'number', 'boolean'].includes(typeof value))
      .map(([name, value]) => [name, String(value)] as const),
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
