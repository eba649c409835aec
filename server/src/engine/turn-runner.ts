import { type GenerateResult, isProviderError, type Provider } from '@plurnk/plurnk-providers';
import type { JsonObject, JsonValue } from '@plurnk/protocol';
import { DocumentError } from '../packet/documents.ts';
import type { TokenCounter } from '../packet/token-counter.ts';
import type { LoopRow, RunRow, TurnRow } from '../store/contract.ts';
import { type Assembly, type AssemblyOptions, assemble, readSurroundings, type Surroundings } from './assembly.ts';
import { BudgetError, budgetFor, type UsageRatio } from './budget.ts';
import { type Core, sessionOf } from './core.ts';
import { appendError, type Dispatched, dispatchEmission } from './emission.ts';
import type { OpScope } from './execute.ts';
import { generate, notice } from './generation.ts';
import { observe } from './observations.ts';
import { deliverPrompts, openTurn } from './opening.ts';
import type { TurnReport } from './strike-rail.ts';
import { TurnLog } from './turn-log.ts';
import { turnUsage } from './usage.ts';

/** What a loop runs its turns with. */
export interface TurnInput {
  readonly run: RunRow;
  readonly loop: LoopRow;
  readonly provider: Provider;
  readonly counter: TokenCounter;
  readonly ratio: UsageRatio;
  readonly signal: AbortSignal;
  /** Turns left before the ceiling, this one included; null without one (ENG-32). */
  readonly turnsLeft: number | null;
  /** The run's last turn; null: it has none. */
  readonly previous: TurnRow | null;
}

export type TurnOutcome =
  | { readonly kind: 'exchanged'; readonly status: number; readonly report: TurnReport; readonly turn: TurnRow }
  | { readonly kind: 'overflow' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** One exchange with the model, step by step as in 2.5. */
export async function runTurn(core: Core, input: TurnInput): Promise<TurnOutcome> {
  const { previous } = input;
  const began = core.clock.elapsed();
  const log = openRow(core, input);
  const scope = scopeOf(core, input, log);
  try {
    await openTurn(core, log, scope, roomOf(core, input));
    const surroundings = await lookAround(core, log, scope, previous);
    if (input.signal.aborted) return close(core, log, 499, { kind: 'stopped' });
    core.store.transaction(() => observe(core, log, previous));
    const assembly = await assembleWithin(core, log, scope, input, { previous, surroundings });
    if (assembly.overflow) return overflow(core, log, assembly);
    const assembled = core.clock.elapsed();
    await core.store.durable();
    const built = core.clock.elapsed();
    const result = await generate(core, log, input.provider, assembly.packet, input.signal);
    const generated = core.clock.elapsed();
    input.ratio.observe(assembly.packet.tokens, result.usage.promptTokens);
    const dispatched = await dispatchEmission(core, result.text, log, scope);
    const timings = {
      waitMs: built - began,
      buildMs: assembled - began,
      commitMs: built - assembled,
      generateMs: generated - built,
      parseMs: dispatched.parseMs,
      executeMs: dispatched.executeMs,
    };
    return finish(core, log, input, { assembly, result, dispatched, timings });
  } catch (error) {
    return failed(core, log, input, error);
  }
}

/** The ceiling before any correction; null when none is known or the settings contradict each other (said later). */
function roomOf(core: Core, { provider }: TurnInput): number | null {
  try {
    return budgetFor(provider, core.settings()).ceiling;
  } catch {
    return null;
  }
}

function openRow(core: Core, input: TurnInput): TurnLog {
  const { run, loop } = input;
  const turn = core.store.turns.open({ loopId: loop.id, runId: run.id, at: core.clock.now() });
  core.events.emit('turn/started', run.sessionId, {
    sessionId: run.sessionId,
    runId: run.id,
    loopId: loop.id,
    turnId: turn.id,
    loopSeq: loop.seq,
    turnSeq: turn.seq,
  });
  return new TurnLog(core, { run, loop, turn }, input.counter);
}

export function scopeOf(
  core: Pick<Core, 'store'>,
  input: Pick<TurnInput, 'run' | 'loop' | 'signal'>,
  log: TurnLog,
): OpScope {
  const { run, loop, signal } = input;
  return {
    sessionId: run.sessionId,
    projectRoot: sessionOf(core, run.sessionId).projectRoot,
    runId: run.id,
    runName: run.name,
    loopId: loop.id,
    turnId: log.turn.id,
    writer: 'model',
    flags: loop.flags,
    signal,
  };
}

/** Steps 3 and 4 as far as they wait for something: streams that lived until now, the workspace, prompts. */
async function lookAround(core: Core, log: TurnLog, scope: OpScope, previous: TurnRow | null): Promise<Surroundings> {
  await core.streams.reap(scope.runId, { turnScopedOnly: true, closeStatus: 200 });
  await waitForQuickStreams(core, scope, previous);
  if (scope.projectRoot !== null) await syncWorkspace(core, log, scope);
  const surroundings = await readSurroundings(core, scope);
  await deliverPrompts(core, log, scope);
  return surroundings;
}

async function syncWorkspace(core: Core, log: TurnLog, scope: OpScope): Promise<void> {
  try {
    const changes = await core.workspace.sync(scope.sessionId);
    core.store.transaction(() => {
      for (const change of changes) core.journal.fileChanged(scope.sessionId, change);
    });
  } catch (error) {
    core.defect(error, 'workspace sync');
    notice(core, log, { source: 'workspace', kind: 'sync_failed', level: 'warn', message: messageOf(error) });
  }
}

/** A command that ends at once shows its output in the very next packet (`PLURNK_EXEC_WAIT_MS`). */
async function waitForQuickStreams(core: Core, scope: OpScope, previous: TurnRow | null): Promise<void> {
  const wait = core.settings().execWaitMs;
  if (wait <= 0 || previous === null || core.streams.live(scope.runId).length === 0) return;
  await new Promise<void>(resolve => {
    const finish = (): void => {
      timer.cancel();
      listener.dispose();
      scope.signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = core.clock.setTimeout(finish, wait);
    const listener = core.streams.onEvent(event => {
      if (event.kind === 'concluded' && event.runId === scope.runId && core.streams.live(scope.runId).length === 0)
        finish();
    });
    scope.signal.addEventListener('abort', finish, { once: true });
  });
}

async function assembleWithin(
  core: Core,
  log: TurnLog,
  scope: OpScope,
  input: TurnInput,
  looked: Pick<AssemblyOptions, 'previous' | 'surroundings'>,
): Promise<Assembly> {
  const settings = core.settings();
  if (input.turnsLeft !== null && input.turnsLeft <= settings.maxStrikes) warnOfCeiling(log);
  const budget = budgetFor(input.provider, settings);
  const ceiling = input.ratio.apply(budget.ceiling);
  const assembly = await assemble(core, log, scope, { ...looked, counter: input.counter, ceiling });
  const { packet } = assembly;
  Object.assign(log.meta, {
    measuredTokens: packet.tokens,
    ceiling,
    window: budget.window,
    free: ceiling === null ? null : Math.max(0, ceiling - packet.tokens),
    tokenizer: input.counter.tokenizer,
    tokenizerExact: input.counter.exact,
  });
  core.store.transaction(() => {
    core.store.turns.savePacket(log.turn.id, packet.sections);
    core.store.turns.update(log.turn.id, { meta: log.meta });
  });
  return assembly;
}

/** ENG-32: soft, it never strikes. */
function warnOfCeiling(log: TurnLog): void {
  appendError(log, 429, 'Few Turns Left', 'Wrap up: finish what matters and SEND[200] what you have.');
}

interface Exchange {
  readonly assembly: Assembly;
  readonly result: GenerateResult;
  readonly dispatched: Dispatched;
  readonly timings: JsonObject;
}

function finish(core: Core, log: TurnLog, input: TurnInput, exchange: Exchange): TurnOutcome {
  const { assembly, result, dispatched, timings } = exchange;
  const cost = input.provider.costFor(result.usage);
  Object.assign(log.meta, {
    usage: plain(result.usage.raw),
    provider: plain(result.meta),
    constrained: result.constrained,
    timings,
  });
  const received = {
    emission: result.text,
    reasoning: result.reasoning ?? null,
    finishReason: result.finishReason,
    model: result.model,
    promptTokens: result.usage.promptTokens,
    completionTokens: result.usage.completionTokens,
    cachedTokens: result.usage.cachedTokens,
    costPico: cost.pico,
    priceVersion: cost.priceVersion,
  };
  if (input.signal.aborted) return close(core, log, 499, { kind: 'stopped' }, received);
  const report: TurnReport = { ...dispatched.report, grinderFolded: assembly.ground };
  const turn = closeRow(core, log, dispatched.status, received);
  return { kind: 'exchanged', status: dispatched.status, report, turn };
}

function plain(value: unknown): JsonValue {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonValue);
}

function overflow(core: Core, log: TurnLog, assembly: Assembly): TurnOutcome {
  notice(core, log, {
    source: 'engine',
    kind: 'overflow',
    level: 'error',
    message: `The packet has ${assembly.packet.tokens} tokens and does not fit the window.`,
  });
  return close(core, log, 413, { kind: 'overflow' });
}

/** ENG-29: no completed exchange. What went wrong stands on a row. */
function failed(core: Core, log: TurnLog, input: TurnInput, error: unknown): TurnOutcome {
  if (input.signal.aborted) return close(core, log, 499, { kind: 'stopped' });
  const expected = isProviderError(error) || error instanceof DocumentError || error instanceof BudgetError;
  if (!expected) core.defect(error, 'turn');
  const reason = messageOf(error);
  const [term, source] = isProviderError(error) ? ['Provider Failure', 'provider'] : ['Turn Failure', 'engine'];
  appendError(log, 500, term, reason, source);
  notice(core, log, {
    source,
    kind: isProviderError(error) ? error.kind : 'turn_failed',
    level: 'error',
    message: reason,
  });
  return close(core, log, 500, { kind: 'failed', reason });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function close<Outcome extends TurnOutcome>(
  core: Core,
  log: TurnLog,
  status: number,
  outcome: Outcome,
  received: Received = {},
): Outcome {
  closeRow(core, log, status, received);
  return outcome;
}

type Received = Parameters<Core['store']['turns']['update']>[1];

/** Everything of the turn's row that is not written yet, in one update. */
function closeRow(core: Core, log: TurnLog, status: number, received: Received): TurnRow {
  const { run, loop } = log;
  const turn = core.store.turns.update(log.turn.id, { ...received, meta: log.meta, status, endedAt: core.clock.now() });
  core.events.emit('turn/finished', run.sessionId, {
    sessionId: run.sessionId,
    runId: run.id,
    loopId: loop.id,
    turnId: turn.id,
    loopSeq: loop.seq,
    turnSeq: turn.seq,
    status,
    usage: turnUsage(turn),
  });
  return turn;
}
