import type { EditorState, JsonObject } from '@plurnk/protocol';
import { SETTINGS } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from './plurnk-server.ts';

const KEY_PREFIX = 'plurnk.key.';
const KEY_INDEX = 'plurnk.keys';

/** What the server has to know about the editor: storage, folders, trust, settings, keys. */
export class EditorStateSource implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #disposables: vscode.Disposable[] = [];
  #secrets: Record<string, string> = {};

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  /** Reads the keys; before the server starts. */
  async load(): Promise<void> {
    const aliases = this.#aliases();
    const keys = await Promise.all(aliases.map(alias => this.#context.secrets.get(KEY_PREFIX + alias)));
    this.#secrets = Object.fromEntries(aliases.flatMap((alias, at) => (keys[at] ? [[alias, keys[at]]] : [])));
  }

  current(): EditorState {
    const storage = this.#context.storageUri ?? this.#context.globalStorageUri;
    return {
      storagePath: storage.fsPath,
      folders: folders(),
      trusted: vscode.workspace.isTrusted,
      settings: changedSettings(),
      secrets: { ...this.#secrets },
      proxy: proxy(),
      clientVersion: String(this.#context.extension.packageJSON.version),
      languageModels: true,
    };
  }

  /** Keeps the server informed from now on. */
  follow(server: PlurnkServer): void {
    const changed = (state: EditorState) => server.notify('plurnk/editor.changed', state);
    this.#disposables.push(
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('plurnk')) changed({ settings: changedSettings() });
        if (event.affectsConfiguration('http.proxy')) changed({ proxy: proxy() });
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => changed({ trusted: true, settings: changedSettings() })),
      vscode.workspace.onDidChangeWorkspaceFolders(() => changed({ folders: folders() })),
      this.#context.secrets.onDidChange(async ({ key }) => {
        if (!key.startsWith(KEY_PREFIX)) return;
        await this.load();
        changed({ secrets: { ...this.#secrets } });
      }),
    );
  }

  /** Keeps a key in the secret storage, nowhere else (UI-3). An empty key removes it. */
  async setKey(alias: string, key: string): Promise<void> {
    const name = alias.toLowerCase();
    const others = this.#aliases().filter(known => known !== name);
    await this.#context.globalState.update(KEY_INDEX, key === '' ? others : [...others, name]);
    if (key === '') await this.#context.secrets.delete(KEY_PREFIX + name);
    else await this.#context.secrets.store(KEY_PREFIX + name, key);
    await this.load();
  }

  /** Aliases that have a key. */
  keyed(): readonly string[] {
    return Object.keys(this.#secrets);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #aliases(): readonly string[] {
    return this.#context.globalState.get<string[]>(KEY_INDEX, []);
  }
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
}

/** The editor's own proxy, for models behind a company's network. */
function proxy(): string {
  return vscode.workspace.getConfiguration('http').get('proxy') ?? '';
}

/** Only what the person set: everything else is the server's default. A workspace that is not trusted sets nothing of weight. */
function changedSettings(): JsonObject {
  const configuration = vscode.workspace.getConfiguration('plurnk');
  const values: JsonObject = {};
  for (const { key } of Object.values(SETTINGS)) {
    if (key === null) continue;
    const found = configuration.inspect(key);
    const set = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (set !== undefined) values[key] = configuration.get(key) as JsonObject[string];
  }
  return values;
}
