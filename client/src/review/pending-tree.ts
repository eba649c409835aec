import * as vscode from 'vscode';
import { isMoved, type PendingProposal } from './proposal.ts';
import type { ProposalService } from './proposal-service.ts';

type Node = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'proposal'; readonly id: number };

/** Pending Changes: the folders of what waits, with a badge (UI-22). */
export class PendingTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Node>;
  readonly #listener: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changes.event;

  constructor(proposals: ProposalService) {
    this.#proposals = proposals;
    this.#view = vscode.window.createTreeView('plurnk.pending', { treeDataProvider: this });
    this.#listener = proposals.onChanged(() => {
      this.#changes.fire(undefined);
      const count = proposals.files.length;
      this.#view.badge =
        count === 0 ? undefined : { value: count, tooltip: vscode.l10n.t('{0} changes wait for you', count) };
    });
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'folder') {
      const item = new vscode.TreeItem(
        node.path.split('/').at(-1) ?? node.path,
        vscode.TreeItemCollapsibleState.Expanded,
      );
      item.iconPath = vscode.ThemeIcon.Folder;
      item.id = `folder:${node.path}`;
      return item;
    }
    const proposal = this.#proposals.get(node.id);
    if (!proposal) return new vscode.TreeItem('');
    return this.#proposalItem(proposal);
  }

  getChildren(node?: Node): Node[] {
    if (node?.kind === 'proposal') return [];
    const prefix = node ? `${node.path}/` : '';
    const folders = new Set<string>();
    const leaves: Node[] = [];
    for (const { id, path } of this.#proposals.files) {
      if (!path.startsWith(prefix)) continue;
      const [head, ...rest] = path.slice(prefix.length).split('/');
      if (rest.length > 0) folders.add(prefix + head);
      else leaves.push({ kind: 'proposal', id });
    }
    return [...[...folders].sort().map(path => ({ kind: 'folder' as const, path })), ...leaves];
  }

  dispose(): void {
    this.#listener.dispose();
    this.#view.dispose();
    this.#changes.dispose();
  }

  #proposalItem(proposal: PendingProposal): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#proposals.uriOf(proposal), vscode.TreeItemCollapsibleState.None);
    item.id = `proposal:${proposal.id}`;
    const moved = isMoved(proposal);
    item.description = moved ? vscode.l10n.t('changed meanwhile') : descriptionOf(proposal);
    item.contextValue = moved ? 'proposal-conflict' : 'proposal';
    item.command = { command: 'plurnk.openProposal', title: vscode.l10n.t('Review'), arguments: [proposal.id] };
    return item;
  }
}

function descriptionOf({ kind, to, summary, added, removed }: PendingProposal): string {
  const what = kind === 'move' && to !== null ? vscode.l10n.t('→ {0}', to) : kindWord(kind);
  const counts = kind === 'move' && added + removed === 0 ? '' : `+${added} −${removed}`;
  const words = {
    binary: vscode.l10n.t('binary file'),
    huge: vscode.l10n.t('over 5 MB'),
    generated: vscode.l10n.t('generated file'),
  };
  return [what, summary === null ? counts : words[summary]].filter(part => part !== '').join(' ');
}

function kindWord(kind: PendingProposal['kind']): string {
  const words = {
    edit: '',
    create: vscode.l10n.t('new'),
    delete: vscode.l10n.t('deletion'),
    move: vscode.l10n.t('rename'),
    exec: '',
  };
  return words[kind];
}

/** The proposal that a tree node, an id or an editor's address stands for. */
export function idOfArgument(argument: unknown): number | null {
  if (typeof argument === 'number') return argument;
  if (typeof argument !== 'object' || argument === null || !('id' in argument)) return null;
  return typeof argument.id === 'number' ? argument.id : null;
}
