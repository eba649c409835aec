/** A whole resource world for tests: a real store, a real Git repository, real processes. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PlurnkParser, type Statement } from '@plurnk/plurnk-grammar';
import { DEFAULT_FLAGS, type LoopFlags, type Writer } from '@plurnk/protocol';
import { createMatching, type MatchingOptions } from '../../../../server/src/content/matching.ts';
import type { Executor, StreamEvent } from '../../../../server/src/executors/contract.ts';
import { bundledExecutors } from '../../../../server/src/executors/executors.ts';
import { createStreams, type StreamsDeps } from '../../../../server/src/executors/streams.ts';
import type {
  OpContext,
  OpOutcome,
  OpResult,
  ProposalDraft,
  RunControl,
} from '../../../../server/src/schemes/contract.ts';
import { createOperations, type OperationsDeps } from '../../../../server/src/schemes/operations.ts';
import { sourceStoreAssets } from '../../../../server/src/store/assets.ts';
import type { LogRow, RunRow, SessionRow } from '../../../../server/src/store/contract.ts';
import { Database } from '../../../../server/src/store/database.ts';
import { SqlStore } from '../../../../server/src/store/store.ts';
import { createWorkspace, type WorkspaceDeps } from '../../../../server/src/workspace/workspace.ts';

const run = promisify(execFile);

export const tokens = (text: string): number => Math.ceil(text.length / 4);

export async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = [
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.org',
    '-c',
    'init.defaultBranch=main',
    '-c',
    'protocol.file.allow=always',
    '-c',
    'gc.auto=0',
    '-c',
    'maintenance.auto=false',
  ];
  return (await run('git', [...identity, ...args], { cwd })).stdout;
}

export async function writeFiles(root: string, files: { readonly [name: string]: string | Uint8Array }): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

export async function tempFolder(): Promise<string> {
  return realpath(await mkdtemp(path.join(tmpdir(), 'plurnk-res-')));
}

export interface WorldOptions {
  readonly files?: { readonly [name: string]: string | Uint8Array };
  /** Default true: `git init` and a first commit of the files. */
  readonly git?: boolean;
  readonly workspace?: Partial<WorkspaceDeps>;
  readonly streams?: Partial<StreamsDeps>;
  readonly executors?: readonly Executor[];
  readonly operations?: Partial<OperationsDeps>;
  readonly runs?: Partial<RunControl>;
  readonly matching?: MatchingOptions;
}

/** How a proposal is answered: accepted, accepted with another text, or left alone. */
export type Answer = 'accept' | 'leave' | { readonly amended: string };

export interface Asked {
  readonly writer?: Writer;
  readonly answer?: Answer;
  readonly flags?: Partial<LoopFlags>;
  readonly signal?: AbortSignal;
  readonly run?: RunRow;
}

const noRuns: RunControl = {
  spawn: async () => ({ status: 501 }),
  fork: async () => ({ status: 501 }),
  deliver: async () => ({ status: 404 }),
  cancel: async () => ({ status: 404 }),
  finalMessage: async () => ({ status: 404 }),
  list: () => [],
};

export type Answered = OpResult & { readonly proposal?: ProposalDraft };

export class World {
  readonly root: string;
  readonly folder: string;
  readonly store: SqlStore;
  readonly workspace: ReturnType<typeof createWorkspace>;
  readonly streams: ReturnType<typeof createStreams>;
  readonly operations: ReturnType<typeof createOperations>;
  session: SessionRow;
  main: RunRow;
  readonly #files: NonNullable<WorldOptions['files']>;
  readonly matching: ReturnType<typeof createMatching>;
  readonly events: StreamEvent[] = [];
  /** The log as an engine would keep it. */
  readonly logged: LogRow[] = [];
  #sequence = 0;
  readonly #turns = new Map<
    number,
    { loop: ReturnType<SqlStore['loops']['enqueue']>; turn: ReturnType<SqlStore['turns']['open']> }
  >();

  static async make(options: WorldOptions = {}): Promise<World> {
    const folder = await tempFolder();
    const root = path.join(folder, 'workspace');
    await mkdir(root);
    await writeFiles(root, options.files ?? {});
    if (options.git !== false) {
      await git(root, 'init', '-q');
      await git(root, 'add', '-A');
      await git(root, 'commit', '-q', '--allow-empty', '-m', 'first');
    }
    const database = await Database.open({
      folder: path.join(folder, 'db'),
      assets: sourceStoreAssets(),
      now: () => Date.now(),
    });
    return new World(folder, root, new SqlStore(database), options);
  }

  private constructor(folder: string, root: string, store: SqlStore, options: WorldOptions) {
    this.folder = folder;
    this.root = root;
    this.store = store;
    const now = (): number => Date.now();
    const executors = options.executors ?? bundledExecutors();
    this.workspace = createWorkspace({ store, now, tokens, ...options.workspace });
    this.streams = createStreams({
      store,
      clock: { now, setTimeout: (work, ms) => timer(work, ms) },
      executors,
      tokens,
      environment: () => ({ base: process.env, deny: [], secrets: [] }),
      ...options.streams,
    });
    this.streams.onEvent(event => this.events.push(event));
    this.matching = createMatching({ deadline: 30_000, ...options.matching });
    this.operations = createOperations({
      store,
      workspace: this.workspace,
      streams: this.streams,
      matching: this.matching,
      runs: () => ({ ...noRuns, ...options.runs }),
      executors,
      tokens,
      now,
      ...options.operations,
    });
    this.#files = options.files ?? {};
    this.session = store.sessions.create({ name: 'test', projectRoot: root, settings: {}, at: now() });
    this.main = this.newRun('main');
  }

  newRun(name: string): RunRow {
    return this.store.runs.create({
      sessionId: this.session.id,
      name,
      origin: 'model',
      parentRunId: null,
      at: Date.now(),
    });
  }

  file(name: string): string {
    return path.join(this.root, name);
  }

  #turnOf(run: RunRow) {
    const known = this.#turns.get(run.id);
    if (known !== undefined) return known;
    const at = Date.now();
    const loop = this.store.loops.enqueue({
      runId: run.id,
      prompt: 'p',
      flags: DEFAULT_FLAGS,
      alias: null,
      maxTurns: -1,
      attrs: {},
      at,
    });
    const turn = this.store.turns.open({ loopId: loop.id, runId: run.id, at });
    this.#turns.set(run.id, { loop, turn });
    return { loop, turn };
  }

  context(asked: Asked = {}): OpContext {
    const run = asked.run ?? this.main;
    const { loop, turn } = this.#turnOf(run);
    this.#sequence++;
    return {
      sessionId: this.session.id,
      projectRoot: this.root,
      runId: run.id,
      runName: run.name,
      loopId: loop.id,
      turnId: turn.id,
      at: { loopSeq: loop.seq, turnSeq: turn.seq, sequence: this.#sequence },
      writer: asked.writer ?? 'model',
      flags: { ...DEFAULT_FLAGS, ...asked.flags },
      signal: asked.signal ?? new AbortController().signal,
    };
  }

  /** Executes one statement as written and answers with its rows; a refused or silent op gives one or none. */
  async op(text: string, asked: Asked = {}): Promise<Answered[]> {
    const statement = parseOne(text);
    const context = this.context(asked);
    const refused = this.operations.refusal(statement, context);
    if (refused !== null) return [refused];
    const outcome = await this.operations.execute(statement, context);
    const rows = await this.#settle(outcome, context, asked.answer ?? 'accept');
    for (const row of rows) this.#log(statement, context, row);
    return rows;
  }

  /** The one row of an op. */
  async one(text: string, asked: Asked = {}): Promise<Answered> {
    const rows = await this.op(text, asked);
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error(`${text} gave ${rows.length} rows`);
    return row;
  }

  async status(text: string, asked: Asked = {}): Promise<number> {
    return (await this.one(text, asked)).status;
  }

  /** Parsed items of a FIND. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, judged by the assertions
  async find(text: string, asked: Asked = {}): Promise<any[]> {
    return JSON.parse((await this.one(text, asked)).rx ?? 'null');
  }

  async #settle(outcome: OpOutcome, context: OpContext, answer: Answer): Promise<Answered[]> {
    if (outcome.kind === 'silent') return [];
    if (outcome.kind === 'rows') return [...outcome.rows];
    if (answer === 'leave') return [{ status: 202, target: outcome.proposal.target, proposal: outcome.proposal }];
    const amended = answer === 'accept' ? null : answer.amended;
    return [{ ...(await outcome.proposal.apply(amended, context)), proposal: outcome.proposal }];
  }

  #log(statement: Statement, context: OpContext, result: OpResult): void {
    const { loop, turn } = this.#turnOf(this.store.runs.get(context.runId) ?? this.main);
    const target = result.target ?? this.operations.rowTarget(statement, context);
    const none = {
      scheme: null,
      username: null,
      password: null,
      hostname: null,
      port: null,
      pathname: null,
      params: {},
      fragment: null,
    };
    const body = statement.body === null || typeof statement.body === 'string' ? statement.body : statement.body.raw;
    const sequence = result === undefined ? 0 : Math.max(context.at.sequence, this.store.log.lastSequence(turn.id) + 1);
    this.#sequence = Math.max(this.#sequence, sequence);
    this.logged.push(
      this.store.log.append({
        ...(target ?? none),
        runId: context.runId,
        loopId: loop.id,
        loopSeq: loop.seq,
        turnId: turn.id,
        turnSeq: turn.seq,
        sequence,
        at: Date.now(),
        origin: context.writer,
        source: null,
        op: statement.op,
        suffix: statement.suffix,
        signal: null,
        lineMarker: result.lineMarker ?? null,
        tx: { body },
        mimetypeTx: null,
        rx: result.rx ?? null,
        mimetypeRx: result.mimetypeRx ?? null,
        statusRx: result.status,
        tokens: 1,
        state: 'resolved',
        outcome: result.outcome ?? null,
        attrs: result.attrs ?? {},
        tags: [...(result.tags ?? [])],
        expanded: true,
      }),
    );
  }

  /** The end of a stream that a row started. */
  async concluded(row: OpResult): Promise<StreamEvent> {
    const coordinate = (row.target?.pathname ?? '').slice(1);
    const done = (event: StreamEvent): boolean => event.kind === 'concluded' && event.coordinate === coordinate;
    return this.event(done);
  }

  /** The first stream event of a kind, past or to come. */
  event(wanted: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    const past = this.events.find(wanted);
    if (past !== undefined) return Promise.resolve(past);
    const { promise, resolve } = Promise.withResolvers<StreamEvent>();
    const listener = this.streams.onEvent(event => {
      if (!wanted(event)) return;
      listener.dispose();
      resolve(event);
    });
    return promise;
  }

  /** Back to the beginning: a new session over the files as they were. Cheaper than a new world. */
  async reset(): Promise<void> {
    await this.streams.reap(this.main.id, { turnScopedOnly: false, closeStatus: 499 });
    for (const name of await readdir(this.root)) {
      if (name !== '.git') await rm(this.file(name), { recursive: true, force: true });
    }
    await writeFiles(this.root, this.#files);
    this.session = this.store.sessions.create({
      name: `test ${this.session.id + 1}`,
      projectRoot: this.root,
      settings: {},
      at: Date.now(),
    });
    this.main = this.newRun('main');
    this.#sequence = 0;
    this.logged.length = 0;
    this.events.length = 0;
  }

  async dispose(): Promise<void> {
    await this.streams.shutdown();
    await this.matching.dispose();
    this.workspace.dispose();
    await this.store.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function timer(work: () => void, ms: number): { cancel(): void } {
  const handle = setTimeout(work, ms);
  return { cancel: () => clearTimeout(handle) };
}

export function parseOne(text: string): Statement {
  const { items } = PlurnkParser.parseStatements(text);
  const [item] = items;
  if (item?.kind !== 'statement' || items.length > 1)
    throw new Error(`no single statement: ${text} ${JSON.stringify(items)}`);
  return item.statement;
}
