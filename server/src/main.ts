import { homedir } from 'node:os';
import { join } from 'node:path';
import { type EditorState, editorStateSchema } from '@plurnk/protocol';
import {
  createConnection,
  type InitializeParams,
  type InitializeResult,
  ProposedFeatures,
  ResponseError,
} from 'vscode-languageserver/node';
import { serviceVersion } from './bundle-files.ts';
import { openServer, type PlurnkServer } from './container.ts';
import { LANGUAGE_CAPABILITIES, registerLanguage } from './language/register.ts';
import { Configuration } from './rpc/configuration.ts';
import { RemotePlugins } from './rpc/plugins/remote-plugins.ts';
import { EditorLink } from './rpc/transport/editor-link.ts';
import { LanguageServerDoor, serveRequests } from './rpc/transport/language-server-door.ts';
import { type LanguageServices, languageSources } from './rpc/transport/language-sources.ts';

/** The language server: `--stdio` or `--node-ipc`, chosen by the arguments. */
const connection = createConnection(ProposedFeatures.all);
const configuration = new Configuration(process.env);
let running: { readonly server: PlurnkServer; readonly door: LanguageServerDoor } | null = null;
let stopping: Promise<void> | null = null;

connection.onInitialize(async params => {
  configuration.update(readState(params));
  const editor = new EditorLink(connection);
  const server = await open(editor);
  const { dispatcher, hub, store } = server;
  const plugins = new RemotePlugins(server.plugins, editor, () => configuration.trusted);
  const door = new LanguageServerDoor(connection, { dispatcher, hub, durable: () => store.durable(), plugins });
  listen(door, editor);
  running = { server, door };
  return capabilities();
});
serveRequests(connection, () => running?.door ?? null);
const language = registerLanguage(connection, languageSources(languageServices));
connection.onShutdown(stop);
connection.onExit(() => void stop().then(() => process.exit(0)));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop().then(() => process.exit(0)));
process.on('disconnect', () => void stop().then(() => process.exit(0)));
connection.listen();

/** A client without our options (another editor) gets the home folder and its environment. */
function readState(params: InitializeParams): EditorState {
  const read = editorStateSchema.safeParse(params.initializationOptions ?? {});
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new ResponseError(-32602, `initializationOptions.${issue?.path.join('.')}: ${issue?.message}`, {});
}

async function open(editor: EditorLink): Promise<PlurnkServer> {
  const folder = configuration.storagePath ?? join(homedir(), '.plurnk', 'editor');
  try {
    return await openServer({
      configuration,
      folder,
      editor,
      fallbackModel: 'demo',
      log: line => connection.console.error(line),
    });
  } catch (error) {
    throw new ResponseError(-32000, error instanceof Error ? error.message : 'The server could not start.', {});
  }
}

function listen(door: LanguageServerDoor, editor: EditorLink): void {
  door.onNotification('plurnk/editor.changed', state => configuration.update(state));
  door.onNotification('plurnk/buffers.changed', ({ buffers }) => {
    for (const { path, text } of buffers) editor.setBuffer(path, text);
  });
  door.onNotification('plurnk/lm.part', ({ requestId, kind, text }) => editor.receivePart(requestId, { kind, text }));
}

/** The engine's world for completion and links; none before the client has attached. */
function languageServices(): LanguageServices | null {
  if (running === null) return null;
  const { store, workspace, operations } = running.server;
  return { store, workspace, operations, sessionId: running.door.peer.attachment?.sessionId ?? null };
}

function capabilities(): InitializeResult {
  return {
    capabilities: LANGUAGE_CAPABILITIES,
    serverInfo: { name: 'plurnk', version: serviceVersion() },
  };
}

/** Answers what is open, ends what runs, and closes the database; once. */
function stop(): Promise<void> {
  stopping ??= close();
  return stopping;
}

async function close(): Promise<void> {
  language.dispose();
  if (running === null) return;
  const { server, door } = running;
  door.peer.stopCalls('The server is stopping.');
  await door.peer.outbox.flushed();
  door.peer.close();
  await server.close();
}
