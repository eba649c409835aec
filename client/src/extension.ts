import type * as vscode from 'vscode';
import { registerCommands } from './commands/index.ts';
import { createServices, type Services } from './context.ts';

/** What the tests in the extension host, and other extensions, get from `activate`. */
export interface PlurnkApi {
  /** Resolves when the server answers. */
  readonly ready: Promise<void>;
  /** For tests: the parts of the extension. */
  readonly services: Services;
}

/** Registers everything at once; the server starts beside it, so that the chat is there before the server is. */
export function activate(context: vscode.ExtensionContext): PlurnkApi {
  const services = createServices(context);
  context.subscriptions.push(registerCommands(services));
  return { ready: startServer(services), services };
}

async function startServer({ editorState, server }: Services): Promise<void> {
  await editorState.load();
  await server.start();
  editorState.follow(server);
}

/** The context disposes of everything; stopping the server is part of that. */
export function deactivate(): void {}
