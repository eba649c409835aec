import type { OpContext, OpResult, RunControl } from '../schemes/contract.ts';
import type { RunId, RunRow, SessionId } from '../store/contract.ts';
import type { Core } from './core.ts';
import { finalMessage, isConcluded, openLoop, runStatus } from './held.ts';
import { isEnded, isLive } from './loop-state.ts';
import { deliverPrompt, enqueue } from './prompts.ts';
import { forkName, nameProblem } from './run-names.ts';

/** What the `run` scheme does to runs (3.3). `stop` cancels a run without waiting for it: it may be the caller. */
export function createRunControl(core: Core, stop: (runId: RunId, reason: string) => void): RunControl {
  const target = (name: string, context: OpContext): RunRow | null =>
    core.store.runs.byName(context.sessionId, name.toLowerCase() === 'self' ? context.runName : name);

  return {
    async spawn(name, prompt, context) {
      return refuseSpawn(core, name, context) ?? spawn(core, name, prompt, context);
    },
    async fork(prompt, context) {
      const source = core.store.runs.get(context.runId);
      if (source?.origin !== 'model') return failure(403, 'Only a run that a model works in can be forked.');
      return capProblem(core, context.sessionId) ?? fork(core, source, prompt, context);
    },
    async deliver(name, text, context) {
      const run = target(name, context);
      if (run === null) return failure(404, `There is no run named ${name}.`);
      if (run.origin !== 'model') return failure(403, `No model works in run://${run.name}.`);
      deliverPrompt(core, run.id, { text, from: `run://${context.runName}`, ...inherited(core, context) });
      return { status: 200 };
    },
    async cancel(name, context) {
      const run = target(name, context);
      if (run === null) return failure(404, `There is no run named ${name}.`);
      if (run.origin !== 'model') return failure(403, `run://${run.name} is not a model's run.`);
      if (isConcluded(core, run.id)) return { status: 200, rx: `run://${run.name} was not at work.` };
      stop(run.id, `killed by run://${context.runName}`);
      return { status: 200 };
    },
    async finalMessage(name, context) {
      const run = target(name, context);
      if (run === null) return failure(404, `There is no run named ${name}.`);
      const latest = core.store.loops.latest(run.id);
      if (latest === null || !isEnded(latest.status)) {
        return failure(
          425,
          `run://${run.name} is still at work (${runStatus(core, run.id)}). Wait with SEND[202]; its end wakes you.`,
        );
      }
      return { status: 200, rx: finalMessage(core, run.id)?.text ?? '', mimetypeRx: 'text/markdown' };
    },
    list(context) {
      return core.store.runs.list(context.sessionId).map(run => ({ name: run.name, status: runStatus(core, run.id) }));
    },
  };
}

function failure(status: number, rx: string, outcome: string | null = null): OpResult {
  return { status, rx, outcome, mimetypeRx: 'text/plain' };
}

/** RES-30: a live run keeps its name, and a person's conversation is never taken over. */
function refuseSpawn(core: Core, name: string, context: OpContext): OpResult | null {
  const problem = nameProblem(name);
  if (problem !== null) return failure(problem.status, problem.message);
  const existing = core.store.runs.byName(context.sessionId, name);
  if (existing !== null && (existing.parentRunId === null || existing.origin !== 'model')) {
    return failure(409, `run://${name} is not a worker; choose another name.`, 'name_taken');
  }
  if (existing !== null && !isConcluded(core, existing.id)) {
    return failure(
      409,
      `run://${name} is at work. Message it with SEND(run://${name}), or choose another name.`,
      'name_taken',
    );
  }
  return capProblem(core, context.sessionId);
}

/** ENG-17 */
function capProblem(core: Core, sessionId: SessionId): OpResult | null {
  const cap = core.settings().maxActiveRuns;
  if (cap < 0) return null;
  const active = core.store.runs.list(sessionId).filter(run => run.origin === 'model' && isActive(core, run.id)).length;
  if (active < cap) return null;
  return failure(
    508,
    `${active} runs are at work, more are not started. Wait with SEND[202] for one to end.`,
    'too_many_runs',
  );
}

function isActive(core: Core, runId: RunId): boolean {
  const open = openLoop(core, runId);
  return open !== null && isLive(open.status);
}

function spawn(core: Core, name: string, prompt: string, context: OpContext): OpResult {
  const { store, clock } = core;
  store.transaction(() => {
    const run = store.runs.create({
      sessionId: context.sessionId,
      name,
      origin: 'model',
      parentRunId: context.runId,
      at: clock.now(),
    });
    delegate(core, run.id, prompt, context);
  });
  runsChanged(core, context.sessionId);
  return { status: 201 };
}

function fork(core: Core, source: RunRow, prompt: string, context: OpContext): OpResult {
  const { store, clock } = core;
  const name = forkName(store, context.sessionId, source.name);
  store.transaction(() => {
    const run = store.runs.fork(source.id, { name, untilTurn: null, at: clock.now() });
    delegate(core, run.id, prompt, context);
  });
  runsChanged(core, context.sessionId);
  return { status: 201, rx: `run://${name}`, mimetypeRx: 'text/plain' };
}

function delegate(core: Core, runId: RunId, prompt: string, context: OpContext): void {
  enqueue(core, runId, {
    text: prompt,
    from: `run://${context.runName}`,
    delegatedBy: context.runId,
    ...inherited(core, context),
  });
}

/** ENG-65, and the model: workers use the one that delegates. */
function inherited(core: Core, context: OpContext): { flags: OpContext['flags']; alias: string | null } {
  return { flags: context.flags, alias: core.store.loops.get(context.loopId)?.alias ?? null };
}

export function runsChanged(core: Pick<Core, 'events'>, sessionId: SessionId): void {
  core.events.emit('session/changed', sessionId, { sessionId, what: 'runs' });
}
