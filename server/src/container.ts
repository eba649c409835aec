import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { boundTokenizer, redact } from '@plurnk/plurnk-providers';
import type { Embedder } from './content/dialects/hybrid-rank.ts';
import { createEmbedder } from './content/embeddings.ts';
import { createVectorCache, withVectors } from './content/hybrid-matching.ts';
import { createMatching } from './content/matching.ts';
import type { Clock, Engine } from './engine/contract.ts';
import { createEngine } from './engine/create-engine.ts';
import { bundledExecutors } from './executors/executors.ts';
import { createStreams } from './executors/streams.ts';
import type { DocumentDeps } from './packet/documents.ts';
import type { Configuration } from './rpc/configuration.ts';
import { Dispatcher } from './rpc/dispatcher.ts';
import { readMdDocs, toEngineSettings } from './rpc/engine-settings.ts';
import { Hub } from './rpc/hub.ts';
import { ModelService } from './rpc/models/model-service.ts';
import type { ServerServices } from './rpc/services.ts';
import type { EditorLink } from './rpc/transport/editor-link.ts';
import type { Operations } from './schemes/contract.ts';
import { createOperations } from './schemes/operations.ts';
import { bundledStoreAssets, type StoreAssets, sourceStoreAssets } from './store/assets.ts';
import type { SessionId } from './store/contract.ts';
import { openStore, type SqlStore } from './store/store.ts';
import type { Workspace } from './workspace/contract.ts';
import { createWorkspace } from './workspace/workspace.ts';

export interface ServerOptions {
  readonly configuration: Configuration;
  /** Storage folder. */
  readonly folder: string;
  /** Null: headless. */
  readonly editor: EditorLink | null;
  /** The model when none is configured; null: a prompt is answered with 501. */
  readonly fallbackModel: 'demo' | null;
  /** A line for the operator; secrets are taken out before. */
  readonly log: (line: string) => void;
}

/** Everything of one server process, wired. */
export interface PlurnkServer {
  readonly dispatcher: Dispatcher;
  readonly hub: Hub;
  readonly store: SqlStore;
  readonly engine: Engine;
  readonly operations: Operations;
  readonly workspace: Workspace;
  /** Where others that find the storage taken can reach this server (RL-4). */
  publishEndpoint(url: string): void;
  /** Ends what runs and closes the database. Doors are closed before. */
  close(): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (work, ms) => {
    const timer = setTimeout(work, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

const VECTOR_DEADLINE_MS = 8000;

const tokens = (text: string): number => boundTokenizer.count(text);

/** The composition root: opens the storage and wires every part. Rejects when another process owns the storage (RL-4). */
export async function openServer(options: ServerOptions): Promise<PlurnkServer> {
  const { configuration, editor } = options;
  const { env } = configuration;
  const models = new ModelService({ env, fallback: options.fallbackModel, deps: { clientModels: editor } });
  const log = (line: string): void => options.log(redact(line, models.secrets()));
  const onDefect = (error: unknown, where: string): void =>
    log(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const store = await openStore({ folder: options.folder, assets: storeAssets(), now: systemClock.now });
  for (const notice of store.health().notices) log(notice);

  const hub = new Hub();
  const mdDocs = readMdDocs(env);
  const trusted = (): boolean => configuration.trusted;
  const gitAllowed = (sessionId: SessionId): boolean =>
    configuration.values.gitAllowed && store.sessions.get(sessionId)?.settings.git !== false;
  const workspace = createWorkspace({
    store,
    now: systemClock.now,
    tokens,
    bridge: () => editor,
    trusted,
    gitAllowed,
  });
  const executors = bundledExecutors();
  const streams = createStreams({
    store,
    clock: systemClock,
    executors,
    tokens,
    trusted,
    killGrace: configuration.values.execKillGrace,
    environment: () => ({ base: env, deny: [], secrets: models.secrets() }),
  });
  const matching = withVectors(createMatching(), {
    embedder: () => embedderOf(configuration),
    vectors: createVectorCache(),
    deadline: VECTOR_DEADLINE_MS,
  });
  const wired: { operations?: Operations } = {};
  const engine = createEngine({
    store,
    streams,
    workspace,
    providers: models,
    clock: systemClock,
    random: Math.random,
    settings: () => toEngineSettings(configuration.values, mdDocs.docs),
    documents: documentDeps(configuration),
    reviewer: sessionId => hub.isAttached(sessionId),
    onDefect,
    operations: control => {
      wired.operations = createOperations({
        store,
        workspace,
        streams,
        matching,
        executors,
        tokens,
        runs: () => control,
        now: systemClock.now,
        home: homedir(),
        trusted,
        runtimeRefusal: (sessionId, runtime) => {
          if (!trusted()) return 'This workspace is not trusted, so no command runs.';
          return runtime === 'git' && !gitAllowed(sessionId) ? 'Git is switched off for this session.' : null;
        },
      });
      return wired.operations;
    },
    ...grammarText(),
  });
  if (wired.operations === undefined) throw new Error('the engine made no operations');
  const { operations } = wired;
  models.configure({ settings: configuration.editorSettings, secrets: configuration.secrets });
  configuration.onChange(() => {
    models.configure({ settings: configuration.editorSettings, secrets: configuration.secrets });
  });
  hub.connect(engine);
  engine.recover();
  const services: ServerServices = {
    store,
    engine,
    workspace,
    streams,
    operations,
    models,
    peers: hub,
    settings: () => configuration.values,
    clock: systemClock,
    version: serviceVersion(),
    mimetypes: [],
    nonce: randomUUID,
    notices: () => [...configuration.problems, ...mdDocs.problems],
  };
  return {
    dispatcher: new Dispatcher(services),
    hub,
    store,
    engine,
    operations,
    workspace,
    publishEndpoint: url => store.database.lock?.setEndpoint(url),
    async close() {
      await engine.shutdown();
      await streams.shutdown();
      await matching.dispose();
      workspace.dispose();
      hub.dispose();
      await store.close();
    },
  };
}

/** null: no endpoint is configured, or vectors are switched off (RES-43). */
function embedderOf({ values, secrets }: Configuration): Embedder | null {
  if (values.embedDisable || values.embedBaseUrl === '' || values.embedModel === '') return null;
  const apiKey = secrets['provider:embeddings'] ?? (values.embedApiKey || null);
  return createEmbedder({
    baseUrl: values.embedBaseUrl,
    model: values.embedModel,
    apiKey,
    timeoutMs: VECTOR_DEADLINE_MS,
  });
}

/** Paths that were set, null where the default applies; read anew every turn. */
function documentDeps(configuration: Configuration): DocumentDeps {
  const read = (name: 'packetInject' | 'policy' | 'project' | 'requirements'): string | null =>
    configuration.values[name] || null;
  return {
    settings: {
      get inject() {
        return read('packetInject');
      },
      get policy() {
        return read('policy');
      },
      get project() {
        return read('project');
      },
      get requirements() {
        return read('requirements');
      },
    },
    home: homedir(),
    trusted: () => configuration.trusted,
    readText: async path => (existsSync(path) ? await readFile(path, 'utf8') : null),
  };
}

const isBundled = import.meta.filename.endsWith('.js');

function storeAssets(): StoreAssets {
  return isBundled ? bundledStoreAssets(import.meta.dirname) : sourceStoreAssets();
}

/** `plurnk.gbnf`, beside the bundle or in its package. */
function grammarText(): { grammar?: string } {
  const folder = isBundled ? import.meta.dirname : join(import.meta.dirname, '../../packages/plurnk-grammar');
  const path = join(folder, 'plurnk.gbnf');
  return existsSync(path) ? { grammar: readFileSync(path, 'utf8') } : {};
}

export function serviceVersion(): string {
  const manifest = join(import.meta.dirname, isBundled ? '../package.json' : '../../package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
