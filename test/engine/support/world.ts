import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { boundTokenizer, Mock, type MockOptions, type MockReply, type Provider } from '@plurnk/plurnk-providers';
import type { JsonObject, LoopFlags } from '@plurnk/protocol';
import type { Matching } from '../../../server/src/content/contract.ts';
import { createMatching } from '../../../server/src/content/matching.ts';
import {
  type Clock,
  DEFAULT_ENGINE_SETTINGS,
  type Engine,
  type EngineDeps,
  type EngineSettings,
} from '../../../server/src/engine/contract.ts';
import { createEngine } from '../../../server/src/engine/create-engine.ts';
import type { Streams } from '../../../server/src/executors/contract.ts';
import { bundledExecutors } from '../../../server/src/executors/executors.ts';
import { createStreams } from '../../../server/src/executors/streams.ts';
import type { DocumentDeps } from '../../../server/src/packet/documents.ts';
import { createOperations } from '../../../server/src/schemes/operations.ts';
import { sourceStoreAssets } from '../../../server/src/store/assets.ts';
import type { LogRow, LoopId, RunId, SessionRow, Store } from '../../../server/src/store/contract.ts';
import { openStore } from '../../../server/src/store/store.ts';
import type { Workspace } from '../../../server/src/workspace/contract.ts';
import { createWorkspace } from '../../../server/src/workspace/workspace.ts';
import { EventLog } from './event-log.ts';

export interface WorldOptions {
  readonly replies?: readonly MockReply[];
  /** Replaces the mock. */
  readonly provider?: (alias: string | null) => Provider | null;
  readonly mock?: MockOptions;
  readonly settings?: Partial<EngineSettings>;
  readonly sessionSettings?: JsonObject;
  /** Files of the workspace; absent: a headless session. */
  readonly files?: { readonly [path: string]: string };
  /** A workspace that is there already and stays; nothing may be written in it. */
  readonly root?: string;
  readonly reviewer?: () => boolean;
  readonly clock?: Clock;
  readonly streams?: (store: Store, clock: Clock) => Streams;
  readonly documents?: Partial<DocumentDeps>;
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapWorkspace?: (workspace: Workspace) => Workspace;
  readonly wrapMatching?: (matching: Matching) => Matching;
  readonly transforms?: EngineDeps['transforms'];
  readonly secrets?: readonly string[];
  /** Names of the runtimes that exist; only `sh` by default. */
  readonly runtimes?: readonly string[];
  /** An existing storage folder and workspace, for a restart. */
  readonly from?: World;
}

/** A real engine over a real database, with a model that answers as told. */
export interface World {
  readonly folder: string;
  readonly root: string | null;
  readonly store: Store;
  readonly engine: Engine;
  readonly events: EventLog;
  readonly mock: Mock;
  readonly session: SessionRow;
  readonly streams: Streams;
  readonly defects: unknown[];
  run(prompt: string, options?: RunOptions): Promise<Ended>;
  start(prompt: string, options?: RunOptions): Promise<{ loopId: LoopId; runId: RunId }>;
  ended(loopId: LoopId): Promise<Ended>;
  rows(runId: RunId): readonly LogRow[];
  file(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Stops everything and removes the folder. */
  close(): Promise<void>;
  /** As a crash: nothing is told, the folder stays. */
  abandon(): Promise<void>;
}

export interface RunOptions {
  readonly flags?: Partial<LoopFlags>;
  readonly maxTurns?: number;
  readonly openPaths?: readonly string[];
  readonly runId?: RunId;
}

export interface Ended {
  readonly loopId: LoopId;
  readonly runId: RunId;
  readonly status: number;
  readonly reason: string | null;
  readonly hitMaxTurns: boolean;
}

const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout(work, ms) {
    const timer = setTimeout(work, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

const tokens = (text: string): number => boundTokenizer.count(text);

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const folder = options.from?.folder ?? (await mkdtemp(join(tmpdir(), 'plurnk-engine-')));
  const root = options.from?.root ?? options.root ?? (options.files === undefined ? null : join(folder, 'workspace'));
  for (const [path, text] of Object.entries(options.files ?? {})) await put(join(root ?? folder, path), text);
  const clock = options.clock ?? systemClock;
  const opened = await openStore({
    folder: join(folder, 'storage'),
    assets: sourceStoreAssets(),
    now: () => clock.now(),
  });
  const store = options.wrapStore?.(opened) ?? opened;
  const executors = bundledExecutors().filter(({ runtime }) => (options.runtimes ?? ['sh']).includes(runtime));
  const streams =
    options.streams?.(store, clock) ??
    createStreams({
      store,
      clock,
      executors,
      tokens,
      environment: () => ({ base: process.env, deny: [], secrets: [] }),
      killGrace: 300,
    });
  const opening = createWorkspace({ store, now: () => clock.now(), tokens });
  const workspace = options.wrapWorkspace?.(opening) ?? opening;
  const searching = createMatching({ workers: 1 });
  const matching = options.wrapMatching?.(searching) ?? searching;
  const mock = new Mock(options.replies ?? [], options.mock ?? {});
  const defects: unknown[] = [];
  const engine = createEngine({
    store,
    operations: control =>
      createOperations({
        store,
        workspace,
        streams,
        matching,
        runs: () => control,
        executors,
        tokens,
        now: () => clock.now(),
        home: join(folder, 'home'),
      }),
    streams,
    workspace,
    providers: { get: async alias => (options.provider === undefined ? mock : options.provider(alias)) },
    clock,
    random: () => 0.5,
    settings: () => ({ ...DEFAULT_ENGINE_SETTINGS, ...options.settings }),
    documents: {
      settings: { inject: null, policy: null, project: null, requirements: null },
      home: join(folder, 'home'),
      trusted: () => true,
      readText: async path => (existsSync(path) ? readFile(path, 'utf8') : null),
      ...options.documents,
    },
    reviewer: options.reviewer ?? (() => true),
    secrets: () => options.secrets ?? [],
    onDefect: error => void defects.push(error),
    ...(options.transforms === undefined ? {} : { transforms: options.transforms }),
  });
  const events = new EventLog(engine);
  if (options.from !== undefined) engine.recover();
  const existing = options.from === undefined ? null : store.sessions.get(options.from.session.id);
  const session =
    existing ?? engine.createSession({ name: 'test', projectRoot: root, settings: options.sessionSettings ?? {} });

  const ended = async (loopId: LoopId): Promise<Ended> => {
    const event = await events.wait('loop/terminated', payload => payload.loopId === loopId);
    return {
      loopId,
      runId: event.runId as RunId,
      status: event.finalStatus,
      reason: event.reason ?? null,
      hitMaxTurns: event.hitMaxTurns,
    };
  };
  const start: World['start'] = async (prompt, given = {}) => {
    const { runId = null, ...rest } = given;
    const started = await engine.startLoop({ sessionId: session.id, runId, prompt, ...rest });
    if (started.action === 'no_model') throw new Error(started.error);
    return { loopId: started.loopId, runId: started.modelRunId };
  };
  const quit = async (): Promise<void> => {
    await engine.shutdown();
    await matching.dispose();
    workspace.dispose();
    await opened.close();
  };
  return {
    folder,
    root,
    store,
    engine,
    events,
    mock,
    session,
    streams,
    defects,
    ended,
    start,
    run: async (prompt, given) => ended((await start(prompt, given)).loopId),
    rows: runId => store.log.list(runId),
    file: path => readFile(join(root ?? folder, path), 'utf8'),
    write: (path, text) => put(join(root ?? folder, path), text),
    close: async () => {
      await quit();
      await rm(folder, { recursive: true, force: true });
    },
    abandon: quit,
  };
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** An emission with a PLAN in front and a SEND behind. */
export function turn(ops: string, signal = 102, message = 'next'): string {
  return `<<PLAN:work:PLAN\n${ops}\n<<SEND[${signal}]:${message}:SEND`;
}

export const done = (message = 'done'): string => `<<PLAN:finish:PLAN\n<<SEND[200]:${message}:SEND`;

/** The value, which must be there. */
export function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('a value that must be there is absent');
  return value;
}
