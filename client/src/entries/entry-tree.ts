import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';
import { entryUri } from './entry-documents.ts';

const SCHEMES = ['known', 'unknown', 'scratch', 'plurnk'] as const;
type Scheme = (typeof SCHEMES)[number];

type Node =
  | { readonly kind: 'scheme'; readonly scheme: Scheme }
  | { readonly kind: 'folder'; readonly scheme: Scheme; readonly path: string }
  | { readonly kind: 'entry'; readonly scheme: Scheme; readonly path: string; readonly tags: readonly string[] };

/** Entries browser: known, unknown, scratch, docs (UI-34). */
export class EntryTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #session: SessionService;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #disposables: vscode.Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly onDidChangeTreeData = this.#changes.event;

  constructor(server: PlurnkServer, session: SessionService) {
    this.#server = server;
    this.#session = session;
    this.#disposables = [
      vscode.window.registerTreeDataProvider('plurnk.entries', this),
      session.onSwitched(() => this.refresh()),
      server.onNotification('log/entry', ({ entry }) => {
        if (entry.scheme !== null && ['EDIT', 'COPY', 'MOVE', 'KILL'].includes(entry.op)) this.#soon();
      }),
    ];
  }

  refresh(): void {
    this.#changes.fire(undefined);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'scheme') {
      const item = new vscode.TreeItem(schemeWord(node.scheme), vscode.TreeItemCollapsibleState.Expanded);
      item.id = node.scheme;
      item.tooltip = `${node.scheme}://`;
      return item;
    }
    if (node.kind === 'folder') {
      const item = new vscode.TreeItem(node.path.split('/').at(-1) ?? '', vscode.TreeItemCollapsibleState.Collapsed);
      item.iconPath = vscode.ThemeIcon.Folder;
      item.id = `${node.scheme}:${node.path}/`;
      return item;
    }
    const target = `${node.scheme}://${node.path}`;
    const item = new vscode.TreeItem(entryUri(target), vscode.TreeItemCollapsibleState.None);
    item.id = target;
    item.description = node.tags.join(', ');
    item.command = { command: 'plurnk.openEntry', title: vscode.l10n.t('Open'), arguments: [target] };
    return item;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!this.#session.current) return [];
    if (!node) {
      const filled = await Promise.all(
        SCHEMES.map(async scheme => ((await this.#list(scheme)).length > 0 ? [scheme] : [])),
      );
      return filled.flat().map(scheme => ({ kind: 'scheme', scheme }));
    }
    if (node.kind === 'entry') return [];
    const prefix = node.kind === 'folder' ? `${node.path}/` : '/';
    const entries = (await this.#list(node.scheme)).filter(({ pathname }) => pathname.startsWith(prefix));
    const folders = new Set<string>();
    const leaves: Node[] = [];
    for (const { pathname, tags } of entries) {
      const [head, ...rest] = pathname.slice(prefix.length).split('/');
      if (rest.length > 0) folders.add(prefix + head);
      else leaves.push({ kind: 'entry', scheme: node.scheme, path: pathname, tags });
    }
    return [...[...folders].sort().map(path => ({ kind: 'folder' as const, scheme: node.scheme, path })), ...leaves];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }

  async #list(scheme: Scheme) {
    const { runId } = this.#session;
    if (scheme === 'scratch' && runId === null) return [];
    const params = scheme === 'scratch' && runId !== null ? { scheme: 'run', runId } : { scheme };
    return (await this.#server.request('entry.list', params)).entries;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.refresh();
    }, 300);
  }
}

function schemeWord(scheme: Scheme): string {
  const words = {
    known: vscode.l10n.t('Known'),
    unknown: vscode.l10n.t('Open questions'),
    scratch: vscode.l10n.t('Scratch of this run'),
    plurnk: vscode.l10n.t('Prompts and docs'),
  };
  return words[scheme];
}
