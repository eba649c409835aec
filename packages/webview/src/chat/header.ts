import type { HeaderView, RunChoice } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../shared/dom.ts';
import { formatCost, formatTokens } from '../shared/format.ts';
import { t } from '../shared/l10n.ts';
import type { MenuEntry } from '../shared/menu.ts';
import { runWord } from '../shared/run-word.ts';
import { toneOf } from './rows/status.ts';
import type { ChatView } from './view.ts';

const WARN_AT = 0.8;

/** Session, runs, gauge, cost (UI-13). */
export function headerBar(header: HeaderView, view: ChatView): TemplateResult {
  return html`<header class="head">
    <button class="session" title=${t('Sessions')} @click=${() => view.send('history', {})}>
      <span>${header.sessionName || t('New session')}</span>
    </button>
    ${runMenu(header, view)}
    <span class="spacer"></span>
    ${gauge(header, view)}
    <button
      class="cost"
      data-testid="cost"
      title=${costHover(header)}
      @click=${() => view.send('inspect', { turnId: null })}
    >
      ${formatCost(header.sessionCostPico)}
    </button>
  </header>`;
}

function costHover(header: HeaderView): string {
  return `${t('Cost of this session: {0}', formatCost(header.sessionCostPico))}\n${t('Last prompt: {0}', formatCost(header.loopCostPico))}`;
}

function runMenu(header: HeaderView, view: ChatView): TemplateResult | typeof nothing {
  const current = header.runs.find(run => run.id === header.runId);
  if (!current || header.runs.length < 2) return header.running ? runningMark() : nothing;
  const working = header.runs.filter(run => run.status === 102 || run.status === 100).length;
  return html`<plurnk-menu
    .entries=${tree(header.runs)}
    .selected=${String(current.id)}
    .label=${t('Run')}
    .text=${working > 0 ? t('{0} · {1} of {2} running', current.name, working, header.runs.length) : current.name}
    .testid=${'run-switcher'}
    .glyph=${'git-branch'}
    @menu-choose=${(event: CustomEvent<string>) => view.send('switchRun', { runId: Number(event.detail) })}
  ></plurnk-menu>`;
}

function runningMark(): TemplateResult {
  return html`<span class="mark tone-progress">${icon('loading', undefined, 'spin')} ${t('running')}</span>`;
}

const RUN_ICONS = { ok: 'pass', progress: 'sync', warning: 'warning', error: 'error', off: 'circle-slash' } as const;

function tree(runs: readonly RunChoice[]): readonly MenuEntry[] {
  const entries: MenuEntry[] = [];
  const known = new Set(runs.map(run => run.id));
  const walk = (parent: number | null, depth: number) => {
    for (const run of runs) {
      const at = run.parentId !== null && known.has(run.parentId) ? run.parentId : null;
      if (at !== parent) continue;
      const word = runWord(run.status);
      entries.push({
        value: String(run.id),
        label: run.name,
        detail: word,
        depth,
        icon: RUN_ICONS[toneOf(run.status)],
      });
      walk(run.id, depth + 1);
    }
  };
  walk(null, 0);
  return entries;
}

/** How full the model's window is; a warning from 80 %. */
function gauge(header: HeaderView, view: ChatView): TemplateResult | typeof nothing {
  const { contextTokens, contextSize } = header;
  if (contextTokens === null || contextSize === null || contextSize <= 0) return nothing;
  const share = contextTokens / contextSize;
  const percent = Math.round(share * 100);
  const hover = t(
    '{0} of {1} tokens used, {2} free',
    formatTokens(contextTokens),
    formatTokens(contextSize),
    formatTokens(Math.max(0, contextSize - contextTokens)),
  );
  return html`<button
    class="gauge ${share >= WARN_AT ? 'tone-warning' : ''}"
    data-testid="gauge"
    title=${hover}
    @click=${() => view.send('inspect', { turnId: null })}
  >
    ${share >= WARN_AT ? icon('warning') : nothing}
    <meter min="0" max="100" .value=${Math.min(100, percent)} aria-hidden="true"></meter>
    <span>${t('ctx {0} %', percent)}</span>
  </button>`;
}
