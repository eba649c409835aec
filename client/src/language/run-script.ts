import type { MethodResult } from '@plurnk/protocol';
import * as vscode from 'vscode';
import { rowView, wholeBody } from '../chat/row-view.ts';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';

const SCHEME = 'plurnk-result';

type Results = MethodResult<'op.parse'>['results'];

/** Runs `.plurnk` documents through the engine; the results open beside (UI-42). */
export class ScriptRunner implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #session: SessionService;
  readonly #texts = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly onDidChange = this.#changes.event;

  constructor(server: PlurnkServer, session: SessionService) {
    this.#server = server;
    this.#session = session;
    // Completion and links need a world to look at, also before the chat was opened.
    const attach = (document: vscode.TextDocument): void => {
      if (document.languageId === 'plurnk') session.open().catch(() => undefined);
    };
    for (const document of vscode.workspace.textDocuments) attach(document);
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidOpenTextDocument(attach),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Executes the document, or one range of it, as it stands in the editor. */
  async run(document: vscode.TextDocument, range?: vscode.Range): Promise<Results> {
    await this.#session.open();
    const text = document.getText(range);
    const results = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Window,
        title: vscode.l10n.t('Running {0}', nameOf(document.uri)),
        cancellable: true,
      },
      (_, token) => this.#server.request('op.parse', { text }, token),
    );
    await this.#show(document.uri, results.results);
    return results.results;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
  }

  async #show(script: vscode.Uri, results: Results): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${nameOf(script)} ${vscode.l10n.t('results')}.md` });
    this.#texts.set(uri.toString(), report(results));
    this.#changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
  }
}

const nameOf = (uri: vscode.Uri): string => uri.path.split('/').at(-1) ?? '';

/** One heading a row with its status, then what came back; a statement that did not parse says where and why. */
export function report(results: Results): string {
  if (results.length === 0) return `${vscode.l10n.t('The script holds no statement.')}\n`;
  return results.map((result, i) => sections(result, i + 1).join('\n')).join('\n');
}

function sections(result: Results[number], number: number): string[] {
  if ('error' in result) {
    const { line, column } = result.position;
    return [
      `## ${number}. ${result.status} · ${vscode.l10n.t('line {0}, column {1}', line, column + 1)}\n\n${result.error}\n`,
    ];
  }
  if (result.entries.length === 0) return [`## ${number}. ${result.op} · ${result.status}\n`];
  return result.entries.map(entry => {
    const { target } = rowView(entry, { proposal: null, live: false });
    const head = [entry.op, target].filter(Boolean).join(' ');
    return `## ${number}. ${head} · ${entry.status_rx}\n${fenced(wholeBody(entry))}`;
  });
}

function fenced(text: string): string {
  if (text === '') return '';
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `\n${fence}\n${text}\n${fence}\n`;
}
