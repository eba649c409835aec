import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';

const DELAY_MS = 150;

/** Tells the server what is open and unsaved: that is what READ sees (RES-62). */
export class DirtyBuffers implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #changed = new Set<vscode.TextDocument>();
  readonly #reported = new Set<string>();
  readonly #disposables: vscode.Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(server: PlurnkServer) {
    this.#server = server;
    this.#disposables = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#note(document)),
      vscode.workspace.onDidSaveTextDocument(document => this.#note(document)),
      vscode.workspace.onDidCloseTextDocument(document => this.#note(document)),
      server.onState(state => {
        if (state === 'running') this.#all();
      }),
    ];
  }

  /** Sends what is waiting; before a prompt goes out. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const buffers = [...this.#changed].flatMap(document => this.#report(document));
    this.#changed.clear();
    if (buffers.length > 0) this.#server.notify('plurnk/buffers.changed', { buffers });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #note(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    this.#changed.add(document);
    this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  #all(): void {
    this.#reported.clear();
    for (const document of vscode.workspace.textDocuments) if (document.isDirty) this.#note(document);
    this.flush();
  }

  #report(document: vscode.TextDocument): { path: string; text: string | null }[] {
    const path = document.uri.fsPath;
    const dirty = document.isDirty && !document.isClosed;
    if (!dirty && !this.#reported.delete(path)) return [];
    if (dirty) this.#reported.add(path);
    return [{ path, text: dirty ? document.getText() : null }];
  }
}
