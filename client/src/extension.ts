import type * as vscode from 'vscode';
import { registerCommands } from './commands/index.ts';
import { createServices, type Services } from './context.ts';
import { EditorPlugins } from './plugins/editor-plugins.ts';
import type { PluginApi } from './plugins/plugin-api.ts';

/** What the tests in the extension host, and other extensions, get from `activate`. */
export interface PlurnkApi {
  /** Resolves when the server answers. */
  readonly ready: Promise<void>;
  /** Registrations of other extensions (RES-70). */
  readonly plugins: PluginApi;
  /** For tests: the parts of the extension. */
  readonly services: Services;
}

/** Registers everything at once; the server starts beside it, so that the chat is there before the server is. */
export function activate(context: vscode.ExtensionContext): PlurnkApi {
  const started = performance.now();
  const services = createServices(context);
  const plugins = new EditorPlugins(services.server);
  context.subscriptions.push(registerCommands(services), plugins);
  services.log.info(`activated in ${Math.round(performance.now() - started)} ms`);
  return { ready: startServer(services), plugins, services };
}

async function startServer({ editorState, server, log }: Services): Promise<void> {
  const started = performance.now();
  await editorState.load();
  await server.start();
  log.info(`server ready in ${Math.round(performance.now() - started)} ms`);
  editorState.follow(server);
}

/** The context disposes of everything; stopping the server is part of that. */
export function deactivate(): void {}
