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
import { openOrAttach } from './rpc/relay/open-or-attach.ts';
import type { OwnerAddress } from './rpc/relay/owner-address.ts';
import type { Relay } from './rpc/relay/relay.ts';
import { EditorLink } from './rpc/transport/editor-link.ts';
import { LanguageServerDoor, onEditorNotification, serveRequests } from './rpc/transport/language-server-door.ts';
import { type LanguageServices, languageSources } from './rpc/transport/language-sources.ts';
import type { WebSocketDoor } from './rpc/transport/web-socket-door.ts';

/** This process owns the storage. */
interface Owning {
  readonly kind: 'owner';
  readonly server: PlurnkServer;
  readonly door: LanguageServerDoor;
}

/** Another process owns it, and this one works through that one (RL-4). */
interface Relaying {
  readonly kind: 'relay';
  readonly door: Relay;
}

/** What was written last must have left the process. */
const LEAVE_MS = 50;

// It was for this process and its threads; what the model runs does not write into our cache.
delete process.env.NODE_COMPILE_CACHE;

/** The language server: `--stdio` or `--node-ipc`, chosen by the arguments. */
const connection = createConnection(ProposedFeatures.all);
const configuration = new Configuration(process.env);
const editor = new EditorLink(connection);
let running: Owning | Relaying | null = null;
let windows: Promise<WebSocketDoor | null> = Promise.resolve(null);
let stopping: Promise<void> | null = null;

connection.onInitialize(async params => {
  configuration.update(readState(params));
  running = await open();
  return capabilities();
});
// Nobody waits for it: the editor has its answer (PF-7).
connection.onInitialized(() => {
  if (running?.kind !== 'owner') return;
  windows = admitWindows(running.server);
  running.server.warmUp();
});
serveRequests(connection, () => running?.door ?? null);
onEditorNotification(connection, 'plurnk/editor.changed', state => {
  configuration.update(state);
  if (running?.kind === 'relay') running.door.trustChanged();
});
onEditorNotification(connection, 'plurnk/buffers.changed', ({ buffers }) => {
  if (running?.kind === 'relay') running.door.setBuffers(buffers);
  for (const { path, text } of buffers) editor.setBuffer(path, text);
});
onEditorNotification(connection, 'plurnk/lm.part', ({ requestId, kind, text }) =>
  editor.receivePart(requestId, { kind, text }),
);
const sources = languageSources(languageServices);
const language = registerLanguage(connection, {
  ...sources,
  paths: () => (running?.kind === 'relay' ? running.door.paths() : sources.paths()),
});
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

async function open(): Promise<Owning | Relaying> {
  const folder = configuration.storagePath ?? join(homedir(), '.plurnk', 'editor');
  try {
    return await openOrAttach(() => own(folder), attach);
  } catch (error) {
    throw new ResponseError(-32000, error instanceof Error ? error.message : 'The server could not start.', {});
  }
}

async function own(folder: string): Promise<Owning> {
  const log = (line: string): void => connection.console.error(line);
  const server = await openServer({ configuration, folder, editor, fallbackModel: 'demo', log });
  const { dispatcher, hub, store } = server;
  const plugins = new RemotePlugins(server.plugins, editor, () => configuration.trusted);
  const door = new LanguageServerDoor(connection, { dispatcher, hub, durable: () => store.durable(), plugins });
  return { kind: 'owner', server, door };
}

async function attach(owner: OwnerAddress): Promise<Relaying> {
  const { Relay } = await import('./rpc/relay/relay.ts');
  const door = await Relay.open(owner, { connection, trusted: () => configuration.trusted, onOwnerGone: succeed });
  return { kind: 'relay', door };
}

/**
 * The owner is gone. The client starts another server when this one ends, and attaches again (RL-5): that server takes
 * the storage, or works through the window that was quicker.
 */
function succeed(): void {
  if (stopping === null) setTimeout(() => process.exit(0), LEAVE_MS);
}

/** Without a door the second window says who has the storage. */
async function admitWindows(server: PlurnkServer): Promise<WebSocketDoor | null> {
  try {
    const { openWindowDoor } = await import('./rpc/relay/window-door.ts');
    return await openWindowDoor(server, editor, configuration.values);
  } catch (error) {
    connection.console.warn(`Other windows cannot work through this one: ${String(error)}`);
    return null;
  }
}

/** The engine's world for completion and links; none before the client has attached. */
function languageServices(): LanguageServices | null {
  if (running?.kind !== 'owner') return null;
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
  if (running.kind === 'relay') return running.door.close();
  const { server, door } = running;
  await (await windows)?.close();
  door.peer.stopCalls('The server is stopping.');
  await door.peer.outbox.flushed();
  door.peer.close();
  await server.close();
}
