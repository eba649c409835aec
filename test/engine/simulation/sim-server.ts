import { DEFAULT_ENGINE_SETTINGS, type Engine } from '../../../server/src/engine/contract.ts';
import { createEngine } from '../../../server/src/engine/create-engine.ts';
import type { Executor } from '../../../server/src/executors/contract.ts';
import type { Operations } from '../../../server/src/schemes/contract.ts';
import { createOperations, type OperationsDeps } from '../../../server/src/schemes/operations.ts';
import type { LogEntryId, RunRow, SessionId, SessionRow, Store } from '../../../server/src/store/contract.ts';
import type { Workspace } from '../../../server/src/workspace/contract.ts';
import { SimClock } from '../support/sim-clock.ts';
import type { EventChecks } from './invariants.ts';
import type { Prng } from './prng.ts';
import { SimModel } from './sim-model.ts';
import { SimStreams } from './sim-streams.ts';

const tokens = (text: string): number => Math.ceil(text.length / 4);

function executor(runtime: string, effect: 'pure' | 'host'): Executor {
  return {
    runtime,
    example: '',
    doc: `# ${runtime}`,
    effect: () => effect,
    probe: async () => ({ available: true, reason: null }),
    invocation: () => ({ file: '/bin/false', args: [] }),
  };
}

const EXECUTORS = [executor('sim', 'pure'), executor('host', 'host')];

/** No files: the simulation is about runs. */
const NO_FILES: Workspace = {
  members: async () => [],
  effects: async () => ({ members: [], hidden: [] }),
  resolve: async () => ({ status: 404, message: 'no files' }),
  read: async () => ({ status: 404, message: 'no files' }),
  write: async () => ({ status: 404, message: 'no files' }),
  remove: async () => ({ status: 404, message: 'no files' }),
  move: async () => ({ status: 404, message: 'no files' }),
  sync: async () => [],
  gitStatus: async () => null,
  constraintsChanged: () => {},
  directory: async () => '/sim',
  dispose: () => {},
} as unknown as Workspace;

/** One server process after another over the same store; a crash leaves the old one without time, model or streams. */
export class SimServer {
  readonly store: Store;
  readonly random: Prng;
  readonly checks: EventChecks;
  readonly defects: unknown[] = [];
  readonly contextSize: number | null;
  clock = new SimClock();
  model: SimModel;
  streams: SimStreams;
  engine: Engine;
  session: SessionRow | null = null;
  /** Parked when a crash happened and not resumed since: their wakes are for a person (ENG-18). */
  readonly parkedByCrash = new Set<number>();

  constructor(store: Store, random: Prng, checks: EventChecks) {
    this.store = store;
    this.random = random;
    this.checks = checks;
    this.contextSize = random.chance(0.3) ? 4000 + random.below(3000) : null;
    this.model = new SimModel(this.contextSize);
    this.streams = this.#newStreams();
    this.engine = this.#newEngine();
  }

  get sessionId(): SessionId {
    if (this.session === null) throw new Error('the session is not open');
    return this.session.id;
  }

  async open(name: string): Promise<void> {
    this.session = this.engine.createSession({
      name: `${name}-${this.store.log.lastId()}`,
      projectRoot: null,
      settings: {},
    });
    await this.prompt(false);
    await this.settle();
  }

  runs(): readonly RunRow[] {
    return this.store.runs.list(this.sessionId).filter(run => run.origin === 'model');
  }

  proposals(): readonly LogEntryId[] {
    return this.store.proposals.pending(this.sessionId).map(proposal => proposal.logEntryId);
  }

  async prompt(toSomeRun: boolean): Promise<string> {
    const runs = this.runs();
    const runId = toSomeRun && runs.length > 0 ? this.random.pick(runs).id : null;
    const started = await this.engine.startLoop({
      sessionId: this.sessionId,
      runId,
      prompt: `prompt ${this.random.below(1000)}`,
      flags: this.random.chance(0.2) ? { yolo: true } : {},
      ...(this.random.chance(0.2) ? { maxTurns: 1 + this.random.below(6) } : {}),
    });
    if ('loopId' in started) this.parkedByCrash.delete(started.loopId);
    return `prompt to ${runId ?? 'the conversation'}: ${started.action}`;
  }

  cancelSomeRun(): string {
    const run = this.random.pick(this.runs());
    void this.engine.cancel(run.id, 'user_cancelled');
    return `cancel ${run.name}`;
  }

  forkSomeRun(): string {
    const run = this.random.pick(this.runs());
    const fork = this.engine.fork(run.id, { name: null, untilTurn: null });
    return `fork ${run.name} as ${fork.name}`;
  }

  /** Nothing is told; a new process opens what is stored. */
  crash(): string {
    this.leave();
    for (const run of this.runs()) {
      const parked = this.store.loops.parked(run.id);
      if (parked !== null) this.parkedByCrash.add(parked.id);
    }
    this.clock = new SimClock(this.clock.now() + 1000);
    this.model = new SimModel(this.contextSize);
    this.streams = this.#newStreams();
    this.checks.restart();
    this.engine = this.#newEngine();
    this.engine.recover();
    return 'crash and restart';
  }

  /** The process stops existing: no timer fires, no model answers, no stream ends. */
  leave(): void {
    this.streams.vanish();
    this.model.pending.clear();
    this.checks.forget();
  }

  /** Runs everything that can run without time passing. */
  async settle(): Promise<void> {
    await new Promise<void>(resolve => setImmediate(resolve));
    await new Promise<void>(resolve => setImmediate(resolve));
  }

  #newStreams(): SimStreams {
    const infos = EXECUTORS.map(({ runtime, example, doc }) => ({
      name: runtime,
      available: true,
      reason: null,
      example,
      doc,
    }));
    return new SimStreams(this.store, this.clock, infos);
  }

  #newEngine(): Engine {
    const { store, clock, model, streams } = this;
    const engine = createEngine({
      store,
      operations: control =>
        withoutSkills({
          store,
          workspace: NO_FILES,
          streams,
          matching: NO_MATCHING,
          runs: () => control,
          executors: EXECUTORS,
          tokens,
          now: () => clock.now(),
        }),
      streams,
      workspace: NO_FILES,
      providers: { get: async () => model },
      clock,
      random: () => this.random.next(),
      settings: () => ({ ...DEFAULT_ENGINE_SETTINGS, safetyMargin: 0, maxActiveRuns: 5, proposalTimeoutMs: 300_000 }),
      documents: {
        settings: { inject: null, policy: null, project: null, requirements: null },
        home: '/nowhere',
        trusted: () => false,
        readText: async () => null,
      },
      reviewer: () => false,
      onDefect: error => void this.defects.push(error),
    });
    this.checks.watch(engine);
    return engine;
  }
}

/** Skills are looked for on disk, which would take real time. */
function withoutSkills(deps: OperationsDeps): Operations {
  const operations = createOperations(deps);
  return { ...operations, schemes: operations.schemes.filter(scheme => scheme.name !== 'skill') };
}

const NO_MATCHING = {
  matchMany: async () => ({ results: [], status: 200 }),
  matchPaths: async () => ({ paths: [], status: 200 }),
  dispose: async () => {},
} as never;
