import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { boundTokenizer, redact, VENDORS } from '@plurnk/plurnk-providers';
import { grammarText, serviceVersion, storeAssets } from './bundle-files.ts';
import type { Embedder } from './content/dialects/hybrid-rank.ts';
import { createEmbedder } from './content/embeddings.ts';
import { createVectorCache, withVectors } from './content/hybrid-matching.ts';
import { createMatching } from './content/matching.ts';
import { knownMimetypes } from './content/mimetype.ts';
import type { Clock, Engine } from './engine/contract.ts';
import { createEngine } from './engine/create-engine.ts';
import { bundledExecutors } from './executors/executors.ts';
import { createStreams, type StreamRegistry } from './executors/streams.ts';
import { BACKGROUND_INDEX, BackgroundIndex, type BackgroundIndexOptions } from './rpc/background-index.ts';
import type { Configuration } from './rpc/configuration.ts';
import { Dispatcher } from './rpc/dispatcher.ts';
import { documentDeps } from './rpc/document-deps.ts';
import { readMdDocs, toEngineSettings } from './rpc/engine-settings.ts';
import { Hub } from './rpc/hub.ts';
import { ModelService } from './rpc/models/model-service.ts';
import { loadPlugins } from './rpc/plugins/load-plugins.ts';
import { PluginHost } from './rpc/plugins/plugin-host.ts';
import { PluginModels } from './rpc/plugins/plugin-models.ts';
import type { ServerServices } from './rpc/services.ts';
import { KnownVersions } from './rpc/session/known-versions.ts';
import { RetentionKeeper } from './rpc/storage/retention-keeper.ts';
import type { EditorLink } from './rpc/transport/editor-link.ts';
import type { Operations, RunControl } from './schemes/contract.ts';
import { createOperations } from './schemes/operations.ts';
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
  /** When and how much is indexed ahead (ENG-21). */
  readonly index?: Partial<BackgroundIndexOptions>;
}

/** Everything of one server process, wired. */
export interface PlurnkServer {
  readonly dispatcher: Dispatcher;
  readonly hub: Hub;
  readonly store: SqlStore;
  readonly engine: Engine;
  readonly operations: Operations;
  readonly workspace: Workspace;
  readonly plugins: PluginHost;
  /** With an editor: starts what the first prompt needs and the editor's start need not wait for (PF-7). */
  warmUp(): void;
  /** Where others that find the storage taken can reach this server, and the token for it (RL-4). */
  publishEndpoint(url: string, access?: string): void;
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
  const parts = await openParts(options);
  const { configuration, store, hub, models, plugins, log } = parts;
  const { engine, operations } = makeEngine(parts);
  parts.builtinSchemes.push(...operations.schemes.map(({ name }) => name));
  const pluginProblems = await loadPlugins(plugins, configuration.values, process.cwd()).catch(async error => {
    await store.close();
    throw error;
  });
  for (const problem of pluginProblems) log(problem);
  const configureModels = (): void =>
    models.configure({
      settings: configuration.editorSettings,
      secrets: configuration.secrets,
      proxy: configuration.proxy,
    });
  configureModels();
  configuration.onChange(configureModels);
  hub.connect(engine);
  hub.storageChanged(store.health());
  store.onHealth(health => {
    if (health.message !== null) log(health.message);
    hub.storageChanged(health);
  });
  engine.recover();
  // However the process ends, what it started ends with it.
  process.on('exit', () => parts.streams.killAll());
  const index = indexAhead(parts, engine, { ...BACKGROUND_INDEX, ...options.index });
  const versions = new KnownVersions(store.facts, serviceVersion(), () => configuration.clientVersion);
  const retention = new RetentionKeeper({ store, hub, settings: () => configuration.values, clock: systemClock, log });
  const services: ServerServices = {
    store,
    engine,
    workspace: parts.workspace,
    streams: parts.streams,
    operations,
    models,
    peers: hub,
    settings: () => configuration.values,
    clock: systemClock,
    version: serviceVersion(),
    latestVersion: () => versions.latest,
    mimetypes: knownMimetypes,
    nonce: randomUUID,
    notices: () => [...configuration.problems, ...parts.mdDocs.problems, ...pluginProblems],
  };
  return {
    dispatcher: new Dispatcher(services),
    hub,
    store,
    engine,
    operations,
    workspace: parts.workspace,
    plugins,
    warmUp: () => void parts.streams.ready(),
    publishEndpoint: (url, access) => store.database.lock?.setEndpoint(url, access),
    close: () => {
      retention.dispose();
      index.dispose();
      return closeParts(parts, engine);
    },
  };
}

const listOf = (names: string | null): string[] =>
  (names ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');

type Parts = Awaited<ReturnType<typeof openParts>>;

/** What the engine stands on, in the order of dependence. */
async function openParts(options: ServerOptions) {
  const { configuration, editor } = options;
  const { env } = configuration;
  const log = (line: string): void => options.log(redact(line, models.secrets()));
  const onDefect = (error: unknown, where: string): void =>
    log(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const store = await openStore({ folder: options.folder, assets: storeAssets(), now: systemClock.now });
  const trusted = (): boolean => configuration.trusted;
  const gitAllowed = (sessionId: SessionId): boolean =>
    configuration.values.gitAllowed && store.sessions.get(sessionId)?.settings.git !== false;
  const listsRoot = (): boolean => configuration.values.gitAuto;
  const { now } = systemClock;
  const builtinSchemes: string[] = [];
  const plugins = new PluginHost({
    builtin: { schemes: builtinSchemes, executors: bundledExecutors(), providers: Object.keys(VENDORS) },
    tokens,
    streams: { store, now, streams: () => streams },
  });
  const models = new ModelService({
    env,
    fallback: options.fallbackModel,
    deps: { clientModels: editor },
    plugins: new PluginModels(env, plugins),
  });
  const workspace = createWorkspace({ store, now, tokens, bridge: () => editor, trusted, gitAllowed, listsRoot });
  const streams: StreamRegistry = createStreams({
    store,
    clock: systemClock,
    executors: plugins.executors,
    tokens,
    trusted,
    get killGrace() {
      return configuration.values.execKillGrace;
    },
    probeLater: editor !== null,
    environment: () => ({ base: env, deny: listOf(configuration.values.execEnvDeny), secrets: models.secrets() }),
  });
  const preparing = createMatching();
  const matching = withVectors(preparing, {
    embedder: () => embedderOf(configuration),
    vectors: createVectorCache(),
    deadline: VECTOR_DEADLINE_MS,
  });
  for (const notice of store.health().notices) log(notice);
  const hub = new Hub();
  const mdDocs = readMdDocs(env);
  const rest = { trusted, gitAllowed, builtinSchemes, mdDocs, onDefect, log };
  return { configuration, store, hub, plugins, models, workspace, streams, matching, preparing, ...rest };
}

/** Operations need to control runs and runs need operations: the engine makes both. */
function makeEngine(parts: Parts): { readonly engine: Engine; readonly operations: Operations } {
  const { configuration, store, streams, workspace, matching, plugins, hub, mdDocs } = parts;
  const wired: { operations?: Operations } = {};
  const makeOperations = (control: RunControl): Operations =>
    createOperations({
      store,
      workspace,
      streams,
      matching,
      executors: plugins.executors,
      plugins: plugins.schemes,
      docsExclude: () => configuration.values.docsExclude.split(',').map(name => name.trim()),
      tokens,
      runs: () => control,
      now: systemClock.now,
      home: homedir(),
      web: { allowPrivate: () => configuration.values.webPrivate },
      trusted: parts.trusted,
      runtimeRefusal: (sessionId, runtime) => {
        if (!parts.trusted()) return 'This workspace is not trusted, so no command runs.';
        return runtime === 'git' && !parts.gitAllowed(sessionId) ? 'Git is switched off for this session.' : null;
      },
    });
  const engine = createEngine({
    store,
    streams,
    workspace,
    providers: parts.models,
    secrets: () => parts.models.secrets(),
    clock: systemClock,
    random: Math.random,
    settings: () => toEngineSettings(configuration.values, mdDocs.docs),
    documents: documentDeps(configuration),
    reviewer: sessionId => hub.isAttached(sessionId),
    onDefect: parts.onDefect,
    transforms: plugins.transforms,
    attributions: plugins.attributions,
    operations: control => {
      wired.operations = makeOperations(control);
      return wired.operations;
    },
    ...grammarText(),
  });
  if (wired.operations === undefined) throw new Error('the engine made no operations');
  return { engine, operations: wired.operations };
}

/** From the attaching of somebody on, and again when a loop may have changed files. */
function indexAhead(parts: Parts, engine: Engine, options: BackgroundIndexOptions): BackgroundIndex {
  const { workspace, preparing, hub, store, onDefect } = parts;
  const hasFolder = (id: SessionId): boolean => (store.sessions.get(id)?.projectRoot ?? null) !== null;
  const index = new BackgroundIndex(
    {
      workspace,
      preparing,
      clock: systemClock,
      isOpen: id => hub.isAttached(id) && hasFolder(id),
      notify: (id, event) => hub.notice(id, event),
      onDefect,
    },
    options,
  );
  hub.onAttached = id => index.schedule(id);
  engine.onEvent(event => {
    if (event.name === 'loop/terminated') index.schedule(event.sessionId);
  });
  return index;
}

async function closeParts(parts: Parts, engine: Engine): Promise<void> {
  await engine.shutdown();
  await parts.streams.shutdown();
  await parts.matching.dispose();
  parts.workspace.dispose();
  parts.hub.dispose();
  await parts.store.close();
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
