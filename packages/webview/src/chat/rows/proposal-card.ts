import type { ProposalView, RowView } from '@plurnk/protocol/webview';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../shared/dom.ts';
import { t } from '../../shared/l10n.ts';
import type { ChatView } from '../view.ts';
import { diffLines } from './op-line.ts';

/** A change or a command that waits for the person (UI-12). */
export function proposalCard(row: RowView, proposal: ProposalView, view: ChatView): TemplateResult {
  const command = proposal.kind === 'exec';
  const name = command ? t('Command to run') : t('Proposed change to {0}', proposal.path);
  return html`<section
    class="card ${proposal.conflict ? 'conflict' : ''}"
    data-testid="proposal-card"
    data-op=${row.op}
    data-row=${row.id}
    aria-label=${name}
    aria-busy=${proposal.deciding}
  >
    ${command ? commandHead(row, proposal) : fileHead(row, proposal, view)}
    ${proposal.conflict ? conflictLine(row, view) : nothing}
    ${proposal.automatic ? nothing : command ? commandButtons(row, proposal, view) : fileButtons(row, proposal, view)}
    ${view.isOpen(`p${row.id}`) && !command ? html`<pre class="body">${diffLines(proposal.diff)}</pre>` : nothing}
  </section>`;
}

const ICONS = { edit: 'edit', create: 'new-file', delete: 'trash', move: 'arrow-swap', exec: 'terminal' } as const;

function fileHead(row: RowView, proposal: ProposalView, view: ChatView): TemplateResult {
  return html`<header class="card-head">
    ${icon(ICONS[proposal.kind])}
    <span class="verb">${kindWord(proposal.kind)}</span>
    <button class="target link" @click=${() => view.send('review', { logEntryId: row.id })}>
      <span>${proposal.path}${proposal.to ? ` → ${proposal.to}` : ''}</span>
    </button>
    ${proposal.summary ? html`<span class="result">${summaryWord(proposal.summary)}</span>` : counts(proposal)}
    <button
      class="fold"
      aria-expanded=${view.isOpen(`p${row.id}`)}
      aria-label=${t('Show the change here')}
      @click=${() => view.toggle(`p${row.id}`, null)}
    >
      ${icon(view.isOpen(`p${row.id}`) ? 'chevron-down' : 'chevron-right')}
    </button>
  </header>`;
}

function kindWord(kind: ProposalView['kind']): string {
  return { edit: t('Edit'), create: t('New file'), delete: t('Delete'), move: t('Rename'), exec: t('Run') }[kind];
}

function summaryWord(summary: NonNullable<ProposalView['summary']>): string {
  return { binary: t('binary file'), huge: t('over 5 MB'), generated: t('generated file') }[summary];
}

export function counts({ added, removed }: { added: number; removed: number }): TemplateResult {
  return html`<span class="counts" aria-label=${t('{0} lines added, {1} lines removed', added, removed)}>
    <span class="added">+${added}</span> <span class="removed">−${removed}</span>
  </span>`;
}

function fileButtons(row: RowView, proposal: ProposalView, view: ChatView): TemplateResult {
  const decide = (decision: 'accept' | 'reject') => view.send('resolve', { logEntryId: row.id, decision, body: null });
  return html`<footer class="card-buttons">
    <vscode-button data-testid="proposal-review" secondary @click=${() => view.send('review', { logEntryId: row.id })}>
      ${t('Review')}
    </vscode-button>
    <vscode-button
      data-testid="proposal-accept"
      ?disabled=${proposal.deciding || proposal.conflict}
      title=${view.state.mac ? '⌘⏎' : 'Ctrl+Enter'}
      @click=${() => decide('accept')}
    >
      ${t('Accept')}
    </vscode-button>
    <vscode-button data-testid="proposal-reject" secondary ?disabled=${proposal.deciding} @click=${() => decide('reject')}>
      ${t('Reject')}
    </vscode-button>
  </footer>`;
}

function conflictLine(row: RowView, view: ChatView): TemplateResult {
  return html`<div class="card-note tone-warning" role="status">
    ${icon('warning')}
    <span>${t('The file changed since the model read it.')}</span>
    <span class="note-buttons">
      <button class="text-button" data-testid="merge" @click=${() => view.send('merge', { logEntryId: row.id })}>
        ${t('Merge…')}
      </button>
      <button class="text-button" data-testid="retry" @click=${() => view.send('retry', { logEntryId: row.id })}>
        ${t('Let the model try again')}
      </button>
    </span>
  </div>`;
}

function commandHead(row: RowView, proposal: ProposalView): TemplateResult {
  return html`<header class="card-head">
      ${icon('terminal')}
      <span class="verb">${t('Run')}</span>
      <span class="result">${t('in {0}', proposal.path || './')} · ${proposal.runtime ?? ''}</span>
    </header>
    <pre class="command" data-testid="command">${proposal.command ?? row.text}</pre>`;
}

function commandButtons(row: RowView, proposal: ProposalView, view: ChatView): TemplateResult {
  const editing = view.editing(row.id);
  const body = editing !== null && editing !== proposal.command ? editing : null;
  const decide = (decision: 'accept' | 'reject') => view.send('resolve', { logEntryId: row.id, decision, body });
  return html`${editing === null ? nothing : commandEditor(row, editing, view)}
    <footer class="card-buttons">
      <vscode-button data-testid="proposal-accept" ?disabled=${proposal.deciding} @click=${() => decide('accept')}>
        ${t('Run')}
      </vscode-button>
      <vscode-button
        data-testid="proposal-edit"
        secondary
        ?disabled=${proposal.deciding}
        @click=${() => view.edit(row.id, editing === null ? (proposal.command ?? '') : null)}
      >
        ${editing === null ? t('Edit…') : t('Keep as it was')}
      </vscode-button>
      <vscode-button data-testid="proposal-reject" secondary ?disabled=${proposal.deciding} @click=${() => decide('reject')}>
        ${t('Reject')}
      </vscode-button>
      ${proposal.allowPattern === null ? nothing : alwaysButton(row, proposal.allowPattern, view)}
    </footer>`;
}

function commandEditor(row: RowView, text: string, view: ChatView): TemplateResult {
  return html`<textarea
    class="command-editor"
    rows="2"
    aria-label=${t('Command line')}
    .value=${text}
    @input=${(event: InputEvent) => view.edit(row.id, (event.target as HTMLTextAreaElement).value)}
  ></textarea>`;
}

function alwaysButton(row: RowView, pattern: string, view: ChatView): TemplateResult {
  return html`<button
    class="text-button"
    data-testid="proposal-always"
    title=${t('Run it, and from now on commands that match {0} without asking', pattern)}
    @click=${() => view.send('allowAlways', { logEntryId: row.id })}
  >
    ${t('Always allow')} <code>${pattern}</code>
  </button>`;
}
