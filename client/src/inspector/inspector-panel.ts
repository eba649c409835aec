import { INSPECTOR_FROM_VIEW, INSPECTOR_TO_VIEW, type Message, readMessage } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import type { z } from 'zod';
import { mediaFolder, webviewHtml } from '../chat/chat-html.ts';
import type { InspectorSource } from './inspector-source.ts';

type ToView = typeof INSPECTOR_TO_VIEW;
type Request = Message<typeof INSPECTOR_FROM_VIEW>;

/** What the inspector needs of the rest of the extension. */
export interface InspectorHost {
  readonly source: InspectorSource;
  strings(): Readonly<Record<string, string>>;
  /** The run that the chat shows. */
  currentRun(): number | null;
  /** Shows a run in the chat. */
  showRun(runId: number): Promise<void>;
  openTarget(rowId: number): Promise<void>;
}

/** The inspector in the editor area: one panel, restored after a window reload (UI-30 … UI-35). */
export class InspectorPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  static readonly viewType = 'plurnk.inspector';
  readonly #extensionUri: vscode.Uri;
  readonly #host: InspectorHost;
  readonly #disposables: vscode.Disposable[];
  #panel: vscode.WebviewPanel | null = null;
  #ready = false;
  #runId: number | null = null;
  #show: { turnId: number; rowId: number | null } | null = null;

  constructor(extensionUri: vscode.Uri, host: InspectorHost) {
    this.#extensionUri = extensionUri;
    this.#host = host;
    this.#disposables = [
      vscode.window.registerWebviewPanelSerializer(InspectorPanel.viewType, this),
      host.source.onRow(({ runId, row }) => {
        if (runId === this.#runId) this.#post('row', { row });
      }),
      host.source.onTurn(({ runId, turn }) => {
        if (runId === this.#runId) this.#post('turn', { turn });
      }),
    ];
  }

  /** Opens the panel at the shown run, or at a turn of it. */
  async open(turnId: number | null = null, rowId: number | null = null): Promise<void> {
    this.#show = turnId === null ? null : { turnId, rowId };
    if (this.#panel) {
      this.#panel.reveal();
      await this.#sendRun(this.#host.currentRun());
      return;
    }
    const options = { enableScripts: true, localResourceRoots: [mediaFolder(this.#extensionUri)] };
    this.#attach(
      vscode.window.createWebviewPanel(InspectorPanel.viewType, 'Plurnk Inspector', vscode.ViewColumn.Active, options),
    );
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = { enableScripts: true, localResourceRoots: [mediaFolder(this.#extensionUri)] };
    this.#attach(panel);
  }

  dispose(): void {
    this.#panel?.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #attach(panel: vscode.WebviewPanel): void {
    this.#panel?.dispose();
    this.#panel = panel;
    this.#ready = false;
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = null;
    });
    panel.webview.onDidReceiveMessage((data: unknown) => {
      const message = readMessage(INSPECTOR_FROM_VIEW, data);
      if (message) void this.#answer(message).catch((error: unknown) => this.#failed(message, error));
    });
    panel.webview.html = webviewHtml(panel.webview, this.#extensionUri, 'inspector', 'Plurnk Inspector');
  }

  async #answer(message: Request): Promise<void> {
    const { source } = this.#host;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#post('init', { strings: { ...this.#host.strings() } });
        return await this.#sendRun(this.#runId ?? this.#host.currentRun());
      case 'run':
        return await this.#sendRun(message.payload.runId);
      case 'packet':
        return this.#post('packet', await source.packet(message.payload.turnId));
      case 'diff':
        return this.#post('diff', await source.diff(message.payload.turnIdA, message.payload.turnIdB));
      case 'row/body':
        return this.#post('row/body', { rowId: message.payload.rowId, text: await source.body(message.payload.rowId) });
      case 'open':
        return await this.#host.openTarget(message.payload.rowId);
      case 'copy':
        return await vscode.env.clipboard.writeText(message.payload.text);
      case 'export':
        return await this.#export(message.payload.format);
      case 'fork':
        return await this.#fork(message.payload.turnId);
    }
  }

  async #sendRun(runId: number | null): Promise<void> {
    const run = await this.#host.source.run(runId);
    this.#runId = run.runId;
    this.#post('run', run);
    if (this.#show) this.#post('show', this.#show);
    this.#show = null;
  }

  async #export(format: 'jsonl' | 'html'): Promise<void> {
    if (this.#runId === null) return;
    const { content, filename } = await this.#host.source.exportRun(this.#runId, format);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, filename) } : {}),
      filters: format === 'html' ? { HTML: ['html'] } : { 'JSON Lines': ['jsonl'] },
    });
    if (uri) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  }

  async #fork(turnId: number): Promise<void> {
    if (this.#runId === null) return;
    const { runId, runName } = await this.#host.source.fork(this.#runId, turnId);
    await this.#host.showRun(runId);
    await this.#sendRun(runId);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Continuing in {0}', runName), 5000);
  }

  #failed(message: Request, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    // What the person started is answered by the editor; what the view lacks, in its place.
    if (message.type === 'export' || message.type === 'fork' || message.type === 'open')
      void vscode.window.showErrorMessage(text);
    else this.#post('failed', { turnId: message.type === 'packet' ? message.payload.turnId : null, text });
  }

  #post<Name extends keyof ToView & string>(type: Name, payload: z.input<ToView[Name]>): void {
    if (this.#ready) void this.#panel?.webview.postMessage({ type, payload: INSPECTOR_TO_VIEW[type].parse(payload) });
  }
}
