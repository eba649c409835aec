import { LogViews } from '../packet/log-views.ts';
import type { LogEntryId, RunRow, SessionId } from '../store/contract.ts';
import { ClientOps } from './client-ops.ts';
import type { Engine, EngineDeps, LoopRequest, LoopStarted } from './contract.ts';
import { type Core, runOf } from './core.ts';
import { Drains } from './drains.ts';
import { EventHub } from './events.ts';
import { openLoop, runStatus } from './held.ts';
import { Journal } from './journal.ts';
import { LateChanges } from './late-changes.ts';
import { LoopRunner } from './loop-runner.ts';
import { deliverPrompt } from './prompts.ts';
import { Proposals } from './proposals.ts';
import { recover } from './recovery.ts';
import { revert } from './revert.ts';
import { createRunControl, runsChanged } from './run-control.ts';
import { forkName, freeRunName, freeSessionName, nameProblem } from './run-names.ts';
import { RunScopes } from './run-scopes.ts';
import { SecretMask } from './secret-mask.ts';
import { stopRun } from './stopping.ts';
import { listenToStreams } from './streams-bridge.ts';
import { Wakes } from './wakes.ts';

/** The engine over its dependencies: nothing in it reads a clock, a random number or a model but through `deps`. */
export function createEngine(deps: EngineDeps): Engine {
  const core = createCore(deps);
  const clients = new ClientOps(core);
  const streamListener = listenToStreams(core);
  return {
    ...sessions(core),
    ...loops(core),
    resolve: (id, decision, review) => core.proposals.resolve(id, decision, review),
    check: id => core.proposals.check(id),
    merge: (id, mine) => core.proposals.merge(id, mine),
    mergeResult: (id, result) => core.proposals.mergeResult(id, result),
    revert: (id: LogEntryId, by?: string) => revert(core, id, by ?? 'client'),
    dispatch: (...request) => clients.dispatch(...request),
    look: (...request) => clients.look(...request),
    closeClientLoop: runId => clients.close(runId),
    onEvent: listener => core.events.on(listener),
    recover: () => recover(core),
    async shutdown() {
      await shutdown(core);
      streamListener.dispose();
    },
  };
}

/** The parts refer to each other, so the record is filled before anything of it is used. */
function createCore(deps: EngineDeps): Core {
  const defect = deps.onDefect ?? (() => {});
  const core = {
    deps,
    store: deps.store,
    clock: deps.clock,
    streams: deps.streams,
    workspace: deps.workspace,
    settings: deps.settings,
    defect,
    events: new EventHub(defect),
    scopes: new RunScopes(),
    late: new LateChanges(deps.store),
    views: new LogViews(deps.store.log),
    secrets: new SecretMask(deps.secrets ?? (() => [])),
  } as { -readonly [Part in keyof Core]: Core[Part] };
  const runner = new LoopRunner(core);
  core.wakes = new Wakes(core);
  core.drains = new Drains(core, { work: loop => runner.work(loop), exited: runId => core.wakes.drainExited(runId) });
  core.proposals = new Proposals(core);
  core.operations = deps.operations(createRunControl(core, (runId, reason) => void stopRun(core, runId, reason)));
  core.journal = new Journal(core);
  return core;
}

function sessions(
  core: Core,
): Pick<Engine, 'createSession' | 'clientRun' | 'conversationRun' | 'runStatus' | 'runOrigin' | 'fork'> {
  const { store, clock, deps } = core;
  return {
    createSession({ name, projectRoot, settings }) {
      const session = store.sessions.create({
        name: name ?? freeSessionName(store, deps.random),
        projectRoot,
        settings,
        at: clock.now(),
      });
      core.journal.run(session.id);
      core.events.emit('session/created', session.id, {
        id: session.id,
        name: session.name,
        projectRoot: session.projectRoot,
      });
      return session;
    },
    clientRun: (sessionId, name) => clientRun(core, sessionId, name),
    conversationRun: sessionId => conversationRun(core, sessionId),
    runStatus: runId => runStatus(core, runId),
    runOrigin: runId => runOf(core, runId).origin,
    fork(runId, { name, untilTurn }) {
      const source = runOf(core, runId);
      const wanted = name ?? forkName(store, source.sessionId, source.name);
      const problem = nameProblem(wanted);
      if (problem !== null) throw new RangeError(problem.message);
      if (store.runs.byName(source.sessionId, wanted) !== null) throw new RangeError(`There is a run named ${wanted}.`);
      const run = store.runs.fork(runId, { name: wanted, untilTurn, at: clock.now() });
      runsChanged(core, source.sessionId);
      return run;
    },
  };
}

/** Reused by name; a name that is reserved or that another kind of run has is refused with a sentence (ENG-4). */
function clientRun(core: Core, sessionId: SessionId, name: string | null): RunRow {
  const { store, clock } = core;
  const wanted = name ?? freeRunName(store, sessionId, 'client');
  const problem = nameProblem(wanted);
  if (problem !== null) throw new RangeError(problem.message);
  const existing = store.runs.byName(sessionId, wanted);
  if (existing !== null && existing.origin !== 'client') throw new RangeError(`${wanted} is a run of another kind.`);
  return (
    existing ?? store.runs.create({ sessionId, name: wanted, origin: 'client', parentRunId: null, at: clock.now() })
  );
}

/** The newest model run that nobody spawned or forked. */
function conversationRun(core: Core, sessionId: SessionId): RunRow | null {
  return core.store.runs.list(sessionId).find(run => run.origin === 'model' && run.parentRunId === null) ?? null;
}

function loops(core: Core): Pick<Engine, 'startLoop' | 'inject' | 'cancel'> {
  return {
    startLoop: request => startLoop(core, request),
    async inject(sessionId, runId, prompt, options) {
      const run = runId === null ? conversationRun(core, sessionId) : runOf(core, runId);
      if (run === null) throw new RangeError('The session has no model run yet; start one with loop.run.');
      return startLoop(core, { sessionId, runId: run.id, prompt, ...options });
    },
    async cancel(runId, reason) {
      const { stopped, reaped } = stopRun(core, runId, reason);
      await Promise.all([reaped, core.drains.settled(runId)]);
      return stopped;
    },
  };
}

async function startLoop(core: Core, request: LoopRequest): Promise<LoopStarted> {
  const { store, clock, deps } = core;
  const provider = await deps.providers.get(request.alias ?? null);
  if (provider === null) return { action: 'no_model', status: 501, error: 'No model is configured.' };
  const { sessionId } = request;
  const run =
    request.runId === null
      ? (conversationRun(core, sessionId) ??
        store.runs.create({
          sessionId,
          name: freeRunName(store, sessionId, 'main'),
          origin: 'model',
          parentRunId: null,
          at: clock.now(),
        }))
      : runOf(core, request.runId);
  if (run.sessionId !== sessionId) throw new RangeError(`Run ${run.id} belongs to another session.`);
  if (run.origin !== 'model') throw new RangeError(`No model works in ${run.name}.`);
  return deliverPrompt(core, run.id, {
    text: request.prompt,
    from: null,
    alias: request.alias ?? null,
    ...(request.flags === undefined ? {} : { flags: request.flags }),
    ...(request.maxTurns === undefined ? {} : { maxTurns: request.maxTurns }),
    ...(request.openPaths === undefined ? {} : { openPaths: request.openPaths }),
  });
}

/** Parked loops stay parked; what is at work ends as interrupted, and no process is left. */
async function shutdown(core: Core): Promise<void> {
  core.wakes.dispose();
  const stopped = core.drains.stop();
  for (const scope of core.scopes.all()) {
    if (openLoop(core, scope.runId)?.status !== 202) scope.abort({ status: 499, reason: 'interrupted' });
  }
  await stopped;
  await core.streams.shutdown();
  core.journal.close();
  core.views.dispose();
  await core.store.durable();
}
