import type { Store } from '../../../server/src/store/contract.ts';
import { checkAlways, checkAtRest, EventChecks } from './invariants.ts';
import { Prng } from './prng.ts';
import { randomEmission } from './sim-model.ts';
import { SimServer } from './sim-server.ts';

/** What a failing schedule needs to be understood and repeated. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';

  constructor(seed: number, trace: readonly string[], cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `schedule ${seed} failed: ${why}\n  ${trace.join('\n  ')}\nRepeat it: npm run simulate -- --seed ${seed} --schedules 1`,
      { cause },
    );
  }
}

export interface Outcome {
  readonly steps: number;
  readonly turns: number;
  readonly history: string;
}

/** One random schedule from a seed: a session with many runs, moved step by step, then brought to rest. */
export async function simulate(store: Store, seed: number): Promise<Outcome> {
  const random = new Prng(seed);
  const trace: string[] = [];
  const checks = new EventChecks();
  const server = new SimServer(store, random, checks);
  try {
    await server.open(`sim-${seed}`);
    const steps = 20 + random.below(60);
    for (let step = 0; step < steps; step += 1) {
      trace.push(await act(server, random));
      await server.settle();
      if (step % 4 === 0) checkAlways(server, checks);
    }
    await comeToRest(server, trace);
    checkAtRest(server, checks);
    return { steps, turns: checks.turns, history: historyOf(server) };
  } catch (error) {
    throw new ScheduleError(seed, trace, error);
  } finally {
    server.leave();
  }
}

/** What happened, without ids: equal for equal seeds. */
function historyOf(server: SimServer): string {
  const lines = server
    .runs()
    .flatMap(run => [
      run.name,
      ...server.store.loops.list(run.id).map(loop => `loop ${loop.seq} ${loop.status} ${loop.reason}`),
      ...server.store.log
        .list(run.id)
        .map(
          row => `${row.loopSeq}/${row.turnSeq}/${row.sequence} ${row.op} ${row.statusRx} ${row.state} ${row.tokens}`,
        ),
    ]);
  return lines.join('\n');
}

async function act(server: SimServer, random: Prng): Promise<string> {
  const calls = [...server.model.pending];
  const processes = [...server.streams.live_.values()];
  const proposals = server.proposals();
  const dice = random.next();
  if (dice < 0.45 && calls.length > 0) {
    const call = random.pick(calls);
    if (random.chance(0.02)) {
      call.fail();
      return 'the model fails';
    }
    const text = randomEmission(random, call.request);
    call.answer(text);
    return `the model says ${JSON.stringify(text)}`;
  }
  if (dice < 0.6 && processes.length > 0) {
    const process = random.pick(processes);
    if (random.chance(0.4)) {
      server.streams.print(process, `line ${random.below(100)}\n`);
      return `stream ${process.id} prints`;
    }
    const status = random.pick([200, 200, 500]);
    server.streams.end(process, status);
    return `stream ${process.id} ends ${status}`;
  }
  if (dice < 0.7 && proposals.length > 0) {
    const id = random.pick(proposals);
    const decision = random.pick(['accept', 'accept', 'reject', 'cancel'] as const);
    void server.engine.resolve(id, decision, { by: 'sim' });
    if (random.chance(0.3)) void server.engine.resolve(id, 'accept', { by: 'sim again' });
    return `proposal ${id}: ${decision}`;
  }
  if (dice < 0.82) return server.prompt(random.chance(0.3));
  if (dice < 0.86) return server.cancelSomeRun();
  if (dice < 0.88) return server.forkSomeRun();
  if (dice < 0.91) return server.crash();
  const ms = random.pick([1, 100, 7000, 400_000]);
  server.clock.advance(ms);
  return `${ms} ms pass`;
}

/** Everything that can happen by itself happens: models say done, processes end, people decide. */
async function comeToRest(server: SimServer, trace: string[]): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    await server.settle();
    const call = [...server.model.pending][0];
    const process = [...server.streams.live_.values()][0];
    const proposal = server.proposals()[0];
    if (proposal !== undefined) {
      trace.push(`rest: proposal ${proposal} rejected`);
      void server.engine.resolve(proposal, 'reject', { by: 'sim' });
    } else if (process !== undefined) {
      trace.push(`rest: stream ${process.id} ends`);
      server.streams.end(process, 200);
    } else if (call !== undefined) {
      const waits = /Child (Streams|Runs)/.test(call.request.messages[0]?.content ?? '');
      trace.push(`rest: the model ${waits ? 'waits' : 'is done'}`);
      call.answer(`<<PLAN:rest ${round}:PLAN\n<<SEND[${waits ? 202 : 200}]:rest:SEND`);
    } else return;
  }
  throw new Error('the schedule does not come to rest');
}
