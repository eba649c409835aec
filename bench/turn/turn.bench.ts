/** PF-2: what a turn costs beside the model, with logs of 100, 1,000 and 10,000 rows. Prints one JSON line for each. */
import { boundTokenizer, type Provider } from '@plurnk/plurnk-providers';
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import { NO_TARGET } from '../../server/src/packet/address.ts';
import type { RunId } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn, type World } from '../../test/engine/support/world.ts';

const SIZES = (process.env.BENCH_SIZES ?? '100,1000,10000').split(',').map(Number);
const TURNS = Number(process.env.BENCH_TURNS ?? 100);
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? 100);
const ROWS_PER_TURN = 8;

const fiveOps = (n: number): string =>
  turn(
    [
      `<<EDIT(known:///note-${n}.md):line one\nline two ${n}:EDIT`,
      `<<READ(known:///note-${n}.md)::READ`,
      '<<READ(known:///absent.md)::READ',
      `<<EDIT(known:///note-${n}.md)<-1>:line three:EDIT`,
      `<<FIND(known:///note-${n}.md)::FIND`,
    ].join('\n'),
  );

/** Answers at once and counts nothing of its own, so that what is measured is the engine. */
function instant(turns: number): Provider {
  let call = 0;
  return {
    name: 'scripted',
    model: 'bench',
    contextSize: 50_000_000,
    outputReserve: null,
    tokenizer: boundTokenizer.info,
    countTokens: boundTokenizer.count,
    costFor: () => ({ pico: null, priceVersion: null }),
    async generate() {
      call += 1;
      const text = call > turns ? done() : fiveOps(call);
      const usage = {
        promptTokens: null,
        completionTokens: null,
        cachedTokens: null,
        cacheWriteTokens: null,
        reasoningTokens: null,
        raw: null,
      };
      return {
        text,
        usage,
        finishReason: 'stop',
        model: 'bench',
        meta: { attempts: 1, totalMs: 0 },
        constrained: false,
      };
    },
  };
}

/** A run that has been at work for a while: most rows folded, as in a long loop. */
function fill(world: World, runId: RunId, rows: number): void {
  const { store } = world;
  const at = Date.now();
  store.transaction(() => {
    store.loops.enqueue({
      runId,
      prompt: 'before',
      flags: DEFAULT_FLAGS,
      alias: null,
      maxTurns: -1,
      attrs: { delivered: 1 },
      at,
    });
    const loop = must(store.loops.claim(runId, at));
    let turnRow = store.turns.open({ loopId: loop.id, runId, at });
    for (let n = 0; n < rows; n += 1) {
      const sequence = (n % ROWS_PER_TURN) + 1;
      if (sequence === 1 && n > 0) turnRow = store.turns.open({ loopId: loop.id, runId, at });
      store.log.append({
        ...NO_TARGET,
        scheme: 'known',
        pathname: `/old/${n}.md`,
        runId,
        loopId: loop.id,
        loopSeq: loop.seq,
        turnId: turnRow.id,
        turnSeq: turnRow.seq,
        sequence,
        at,
        origin: 'model',
        source: null,
        op: 'READ',
        suffix: '',
        signal: null,
        lineMarker: null,
        tx: { body: null },
        mimetypeTx: null,
        rx: `1:\tsome text of row ${n}\n2:\tand a second line of it`,
        mimetypeRx: 'text/plain',
        statusRx: 200,
        tokens: 20,
        state: 'resolved',
        outcome: null,
        attrs: {},
        tags: [],
        expanded: n % 10 === 0,
      });
    }
    store.loops.setStatus(loop.id, 200, { at });
  });
}

const median = (values: readonly number[]): number =>
  must([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
const round = (value: number): number => Math.round(value * 100) / 100;

async function measure(rows: number, turns = TURNS) {
  const provider = instant(turns);
  const world = await openWorld({ provider: () => provider, settings: { maxStrikes: 1000 } });
  const run = world.store.runs.create({
    sessionId: world.session.id,
    name: 'main',
    origin: 'model',
    parentRunId: null,
    at: Date.now(),
  });
  fill(world, run.id, rows);
  const began = new Map<number, number>();
  const walls: number[] = [];
  const cpu: number[] = [];
  let cpuBegan = process.threadCpuUsage();
  world.engine.onEvent(event => {
    if (event.name === 'turn/started') {
      began.set(event.payload.turnId, performance.now());
      cpuBegan = process.threadCpuUsage();
    }
    if (event.name === 'turn/finished') {
      walls.push(performance.now() - must(began.get(event.payload.turnId)));
      const used = process.threadCpuUsage(cpuBegan);
      cpu.push((used.user + used.system) / 1000);
    }
  });
  const { loopId } = await world.run('go', { runId: run.id });
  const timings = world.store.turns.list(loopId).map(row => row.meta.timings as { [part: string]: number });
  const part = (name: string): number => round(median(timings.slice(2).map(timing => timing[name] ?? 0)));
  const overheads = walls.map((wall, index) => wall - (timings[index]?.generateMs ?? 0));
  const result = {
    rows,
    turns: walls.length,
    overheadMs: {
      median: round(median(overheads.slice(2))),
      min: round(Math.min(...overheads.slice(2))),
      first: round(must(overheads[0])),
    },
    /** Time of the engine's own thread: what is left on a machine that others load. */
    cpuMs: { median: round(median(cpu.slice(2))), min: round(Math.min(...cpu.slice(2))) },
    split: {
      buildMs: part('buildMs'),
      commitMs: part('commitMs'),
      parseMs: part('parseMs'),
      dispatchMs: part('executeMs'),
    },
  };
  await world.close();
  return result;
}

const BARS: { readonly [rows: number]: number } = { 100: 3, 1000: 5, 10000: 15 };

/** A server is measured at work, not while its code is compiled; how slow a first turn is stands in `first`. */
await measure(100, WARM_UP);

for (const rows of SIZES) {
  const { overheadMs, cpuMs, split, turns } = await measure(rows);
  const line = {
    id: 'PF-2',
    what: `overhead of a turn, log of ${rows} rows`,
    value: overheadMs.median,
    unit: 'ms',
    bar: `< ${BARS[rows]} ms`,
  };
  console.log(JSON.stringify({ ...line, turns, overheadMs, cpuMs, split }));
}
