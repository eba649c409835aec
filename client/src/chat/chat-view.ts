import { CHAT_FROM_VIEW, CHAT_TO_VIEW, type ChatToView, type Message, readMessage } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import { mediaFolder, webviewHtml } from './chat-html.ts';

export type FromView = Message<typeof CHAT_FROM_VIEW>;

/** The webview view of the activity bar: typed messages in and out, both validated. */
export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly id = 'plurnk.chat';
  readonly #extensionUri: vscode.Uri;
  readonly #messages = new vscode.EventEmitter<FromView>();
  readonly #visible = new vscode.EventEmitter<boolean>();
  readonly #registration: vscode.Disposable;
  #view: vscode.WebviewView | null = null;
  #ready = false;
  /** Messages of the view; `ready` is the first after every (re)load. */
  readonly onMessage = this.#messages.event;
  readonly onVisible = this.#visible.event;

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
    this.#registration = vscode.window.registerWebviewViewProvider(ChatView.id, this);
  }

  get visible(): boolean {
    return this.#view?.visible ?? false;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    this.#ready = false;
    view.webview.options = { enableScripts: true, localResourceRoots: [mediaFolder(this.#extensionUri)] };
    view.webview.onDidReceiveMessage((data: unknown) => {
      const message = readMessage(CHAT_FROM_VIEW, data);
      if (!message) return;
      if (message.type === 'ready') this.#ready = true;
      this.#messages.fire(message);
    });
    view.onDidChangeVisibility(() => this.#visible.fire(view.visible));
    view.onDidDispose(() => {
      this.#view = null;
      this.#ready = false;
    });
    view.webview.html = webviewHtml(view.webview, this.#extensionUri, 'chat', 'Plurnk');
  }

  /** Sends an increment. Before `ready` and while there is no page nothing is sent: `ready` asks for everything. */
  post<Name extends keyof ChatToView & keyof typeof CHAT_TO_VIEW>(type: Name, payload: ChatToView[Name]): void {
    if (!this.#ready) return;
    void this.#view?.webview.postMessage({ type, payload: CHAT_TO_VIEW[type].parse(payload) });
  }

  setBadge(count: number, tooltip: string): void {
    if (this.#view) this.#view.badge = count === 0 ? undefined : { value: count, tooltip };
  }

  async show(preserveFocus = false): Promise<void> {
    if (this.#view) this.#view.show(preserveFocus);
    else await vscode.commands.executeCommand(`${ChatView.id}.focus`);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#messages.dispose();
    this.#visible.dispose();
  }
}
