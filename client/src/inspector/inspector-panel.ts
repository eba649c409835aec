import * as vscode from 'vscode';
import { mediaFolder, webviewHtml } from '../chat/chat-html.ts';

/** The inspector in the editor area (UI-30). */
export class InspectorPanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  #panel: vscode.WebviewPanel | null = null;

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
  }

  open(_turnId: number | null): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel('plurnk.inspector', 'Plurnk', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [mediaFolder(this.#extensionUri)],
    });
    panel.onDidDispose(() => {
      this.#panel = null;
    });
    panel.webview.html = webviewHtml(panel.webview, this.#extensionUri, 'inspector', 'Plurnk');
    this.#panel = panel;
  }

  dispose(): void {
    this.#panel?.dispose();
  }
}
