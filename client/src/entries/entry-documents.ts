import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';

export const ENTRY_SCHEME = 'plurnk-entry';
const WRITABLE = new Set(['known', 'unknown', 'scratch']);

/** `known:///plan.md` as an address that the editor can open. */
export function entryUri(target: string): vscode.Uri {
  const [, scheme = '', path = ''] = /^([a-z]+):\/\/\/?(.*)$/.exec(target) ?? [];
  return vscode.Uri.from({ scheme: ENTRY_SCHEME, authority: scheme, path: `/${decodeURIComponent(path)}` });
}

function targetOf(uri: vscode.Uri): string {
  return `${uri.authority}://${uri.path.split('/').map(encodeURIComponent).join('/')}`;
}

/** The agent's knowledge as ordinary documents: read, edited, saved (UI-34). */
export class EntryDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #session: SessionService;
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #disposables: vscode.Disposable[];
  /** What an entry held when it was last looked at, and since when: the editor compares times before it saves. */
  readonly #seen = new Map<string, { content: string; at: number }>();
  readonly onDidChangeFile = this.#files.event;

  constructor(server: PlurnkServer, session: SessionService) {
    this.#server = server;
    this.#session = session;
    this.#disposables = [
      vscode.workspace.registerFileSystemProvider(ENTRY_SCHEME, this, { isCaseSensitive: true }),
      server.onNotification('log/entry', ({ entry }) => {
        if (!['EDIT', 'COPY', 'MOVE', 'KILL'].includes(entry.op) || entry.scheme === null || entry.status_rx >= 300)
          return;
        const uri = entryUri(`${entry.scheme}://${entry.pathname ?? ''}`);
        this.#files.fire([
          { type: entry.op === 'KILL' ? vscode.FileChangeType.Deleted : vscode.FileChangeType.Changed, uri },
        ]);
      }),
    ];
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const content = await this.#content(uri);
    const size = new TextEncoder().encode(content).byteLength;
    const permissions = WRITABLE.has(uri.authority) ? {} : { permissions: vscode.FilePermission.Readonly };
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#changedAt(uri, content), size, ...permissions };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode(await this.#content(uri));
  }

  async writeFile(uri: vscode.Uri, bytes: Uint8Array, options: { create: boolean; overwrite: boolean }): Promise<void> {
    if (!WRITABLE.has(uri.authority)) throw vscode.FileSystemError.NoPermissions(uri);
    if (options.create && !options.overwrite && (await this.#exists(uri))) throw vscode.FileSystemError.FileExists(uri);
    await this.#session.open();
    const content = new TextDecoder().decode(bytes);
    const { status } = await this.#server.request('op.edit', { target: targetOf(uri), content });
    if (status >= 400)
      throw vscode.FileSystemError.Unavailable(vscode.l10n.t('The entry was not written ({0}).', status));
  }

  async delete(uri: vscode.Uri): Promise<void> {
    const { status } = await this.#server.request('op.kill', { target: targetOf(uri) });
    if (status >= 400) throw vscode.FileSystemError.NoPermissions(uri);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {}

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#files.dispose();
  }

  #changedAt(uri: vscode.Uri, content: string): number {
    const key = uri.toString();
    const seen = this.#seen.get(key);
    if (seen?.content === content) return seen.at;
    const at = Math.max(Date.now(), (seen?.at ?? 0) + 1);
    this.#seen.set(key, { content, at });
    return at;
  }

  async #exists(uri: vscode.Uri): Promise<boolean> {
    return (await this.#server.request('entry.read', { target: targetOf(uri), limit: 0 })).entry !== null;
  }

  async #content(uri: vscode.Uri): Promise<string> {
    await this.#session.open();
    const { entry } = await this.#server.request('entry.read', { target: targetOf(uri) });
    if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
    const { body, ...others } = entry.channels;
    return (body ?? Object.values(others)[0])?.content ?? '';
  }
}
