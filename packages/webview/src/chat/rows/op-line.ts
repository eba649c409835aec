import type { RowView } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { formatDuration } from '../../shared/format.ts';
import { highlight } from '../../shared/highlight.ts';
import { opIcon } from '../../shared/icons.ts';
import { t } from '../../shared/l10n.ts';
import type { ChatView } from '../view.ts';
import { ansiHtml, markdownHtml } from './safe-html.ts';
import { statusMark } from './status.ts';

const NOTICED_MS = 100;

/** The word of an op, in the person's language. */
export function verbOf(op: string): string {
  const verbs: Readonly<Record<string, string>> = {
    PLAN: t('Plan'),
    FIND: t('Find'),
    READ: t('Read'),
    EDIT: t('Edit'),
    COPY: t('Copy'),
    MOVE: t('Move'),
    OPEN: t('Open'),
    FOLD: t('Fold'),
    EXEC: t('Run'),
    KILL: t('Remove'),
    SEND: t('Send'),
    model: t('Model'),
  };
  return verbs[op] ?? op;
}

/** One op as one line that unfolds its body (UI-11). */
export function opRow(row: RowView, view: ChatView): TemplateResult {
  const key = `r${row.id}`;
  const open = view.isOpen(key);
  const output = view.state.outputs.get(row.id);
  const foldable = row.text !== '' || row.more || output !== undefined;
  return html`<div class="op" data-op=${row.op} data-row=${row.id} data-status=${row.status}>
    <div class="op-line" title=${hover(row)}>
      <button
        class="op-head"
        aria-expanded=${foldable ? open : nothing}
        ?disabled=${!foldable}
        @click=${() => view.toggle(key, row.more ? row.id : null)}
      >
        ${icon(opIcon(row.op))}
        <span class="verb">${verbOf(row.op)}</span>
      </button>
      ${targetOf(row, view)}
      <span class="result">${resultOf(row)}</span>
      ${statusMark(row)} ${row.live ? killButton(row, view) : nothing} ${undoButton(row, view)}
      ${foldable ? foldButton(key, open, row, view) : html`<span class="fold"></span>`}
    </div>
    ${open ? bodyOf(row, view) : nothing} ${output?.live || (output && open) ? outputOf(row, view) : nothing}
  </div>`;
}

function foldButton(key: string, open: boolean, row: RowView, view: ChatView): TemplateResult {
  return html`<button
    class="fold"
    tabindex="-1"
    aria-hidden="true"
    @click=${() => view.toggle(key, row.more ? row.id : null)}
  >
    ${icon(open ? 'chevron-down' : 'chevron-right')}
  </button>`;
}

function targetOf(row: RowView, view: ChatView): TemplateResult {
  const lines = row.lines ? html`<span class="lines">${row.lines[0]}–${row.lines[1]}</span>` : nothing;
  if (row.op === 'PLAN') return html`<span class="target plain">${row.text.split('\n')[0]}</span>`;
  if (row.link === null) return html`<span class="target plain">${row.target} ${lines}</span>`;
  const link = row.link;
  return html`<button class="target link" @click=${() => view.send('open', { link, lines: row.lines })}>
    <span>${row.target}</span>${lines}
  </button>`;
}

/** What came of it, and how long it took when that was long enough to notice. */
function resultOf(row: RowView): string {
  const took = row.durationMs !== null && row.durationMs >= NOTICED_MS ? formatDuration(row.durationMs) : '';
  return [row.summary, took].filter(text => text !== '').join(' · ');
}

function hover(row: RowView): string {
  const parts = [row.coordinate, String(row.status), new Date(row.at).toLocaleTimeString()];
  if (row.durationMs !== null) parts.push(formatDuration(row.durationMs));
  return parts.join(' · ');
}

function killButton(row: RowView, view: ChatView): TemplateResult {
  return html`<button
    class="icon-button"
    data-testid="kill"
    title=${t('Stop this process')}
    aria-label=${t('Stop this process')}
    @click=${() => view.send('kill', { rowId: row.id })}
  >
    ${icon('debug-stop')}
  </button>`;
}

function undoButton(row: RowView, view: ChatView): TemplateResult | typeof nothing {
  if (row.proposal?.reverted) return html`<span class="mark tone-off">${icon('discard')} ${t('undone')}</span>`;
  if (!row.proposal?.revertable) return nothing;
  return html`<button
    class="text-button"
    data-testid="undo"
    title=${t('Restore the file as it was before this change')}
    @click=${() => view.send('undo', { logEntryId: row.id })}
  >
    ${t('Undo')}
  </button>`;
}

const LANGUAGE_OF: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'text/javascript': 'javascript',
  'text/typescript': 'typescript',
  'text/x-python': 'python',
  'text/css': 'css',
  'text/html': 'xml',
  'text/x-diff': 'diff',
};

function bodyOf(row: RowView, view: ChatView): TemplateResult | typeof nothing {
  const text = view.state.bodies.get(row.id) ?? row.text;
  if (text === '') return nothing;
  if (row.op === 'PLAN' || row.mimetype === 'text/markdown') {
    return html`<div class="body markdown">${markdownHtml(text)}</div>`;
  }
  if (row.proposal && row.proposal.diff !== '') return html`<pre class="body">${diffLines(text)}</pre>`;
  const language = LANGUAGE_OF[row.mimetype ?? ''];
  if (language && highlight(text, language) !== '') {
    return html`<div class="body markdown">${markdownHtml(`\`\`\`\`\`\`\`${language}\n${text}\n\`\`\`\`\`\`\``)}</div>`;
  }
  return html`<pre class="body">${text}</pre>`;
}

/** A unified diff, a line marked by sign and colour. */
export function diffLines(diff: string): readonly TemplateResult[] {
  return diff
    .split('\n')
    .filter(line => !/^(---|\+\+\+|Index:|=====|\\ No newline)/.test(line))
    .map(line => {
      const kind = line.startsWith('+')
        ? 'added'
        : line.startsWith('-')
          ? 'removed'
          : line.startsWith('@@')
            ? 'hunk'
            : '';
      return html`<span class="diff-line ${kind}">${line || ' '}</span>`;
    });
}

function outputOf(row: RowView, view: ChatView): TemplateResult {
  const text = view.state.outputs.get(row.id)?.text ?? '';
  return html`<pre class="output" data-testid="output" tabindex="0" aria-label=${t('Output of the process')}>${ansiHtml(
    text.slice(-12_000),
  )}</pre>`;
}
