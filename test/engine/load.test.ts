import assert from 'node:assert/strict';
import type { GenerateRequest } from '@plurnk/plurnk-providers';
import { done, must, openWorld, turn, type World } from './support/world.ts';

const RUNS = 64;
/** Turns of looking that each run does after all have begun. */
const TURNS = 6;

describe('many runs at once', function () {
  this.timeout(300_000);
  let world: World;
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });

  it(`[RL-11] ${RUNS} runs with streaming processes all end, none is starved, nothing is left`, async () => {
    const names = Array.from({ length: RUNS }, (_, n) => `w${n}`);
    const calls = new Map<string, number>();
    let begun = 0;
    let open = (): void => {};
    const allBegun = new Promise<void>(resolve => {
      open = resolve;
    });
    let countsWhenFirstWasThrough: number[] | null = null;
    const worker = async (name: string): Promise<string> => {
      const call = (calls.get(name) ?? 0) + 1;
      calls.set(name, call);
      if (call === 1) {
        begun += 1;
        if (begun === RUNS) open();
        await allBegun;
      }
      if (call <= TURNS) return turn(`<<EDIT(run://self/n.md):${call}:EDIT`);
      countsWhenFirstWasThrough ??= names.map(one => calls.get(one) ?? 0);
      if (call === TURNS + 1) return turn(`<<EXEC[sh]:echo begin ${name}; sleep 0.05; echo end ${name}:EXEC`, 202);
      return done(`${name} is through`);
    };
    const reply = (request: GenerateRequest): Promise<string> | string => {
      const user = must(request.messages[1]).content;
      const name = /1:\twork as (w\d+)\n/.exec(user)?.[1];
      if (name !== undefined) return worker(name);
      const waits = must(request.messages[0]).content.includes('Child Runs');
      if (begun === 0) return turn(names.map(one => `<<COPY(run://${one}):work as ${one}:COPY`).join('\n'), 202);
      return waits ? turn('', 202, 'waiting') : done();
    };
    world = await openWorld({
      files: { 'a.md': 'x' },
      replies: [reply],
      settings: { maxActiveRuns: -1, maxCommands: 200 },
    });
    const before = process.memoryUsage().heapUsed;
    const end = await world.run('parent', { flags: { yolo: true } });
    assert.equal(end.status, 200);
    const counts = must(countsWhenFirstWasThrough as number[] | null);
    assert.ok(
      Math.min(...counts) * 2 >= TURNS,
      `the slowest run had ${Math.min(...counts)} turns when the fastest had ${TURNS}`,
    );
    for (const name of names) {
      const run = must(world.store.runs.byName(world.session.id, name));
      assert.equal(world.store.loops.latest(run.id)?.status, 200, name);
      assert.equal(world.streams.live(run.id).length, 0);
      const output = world
        .rows(run.id)
        .filter(row => row.op === 'READ' && row.fragment === 'stdout')
        .map(row => row.rx ?? '')
        .join('\n');
      assert.equal(output, `1:\tbegin ${name}\n2:\tend ${name}`);
    }
    assert.ok(process.memoryUsage().heapUsed - before < 400 * 1024 * 1024);
  });
});
