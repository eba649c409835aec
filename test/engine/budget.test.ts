import assert from 'node:assert/strict';
import { budgetFor, UsageRatio } from '../../server/src/engine/budget.ts';
import { DEFAULT_ENGINE_SETTINGS } from '../../server/src/engine/contract.ts';
import type { LogRow, StoredSection } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

const settings = { ...DEFAULT_ENGINE_SETTINGS, outputReserve: 4000, safetyMargin: 256 };
const provider = (contextSize: number | null, outputReserve: number | null = null) => ({ contextSize, outputReserve });

describe('the ceiling', () => {
  it('[ENG-40] is the window minus output reserve and safety margin', () => {
    assert.deepEqual(budgetFor(provider(32_000), settings), { window: 32_000, ceiling: 32_000 - 4000 - 256 });
    assert.deepEqual(budgetFor(provider(32_000, 1000), settings), { window: 32_000, ceiling: 32_000 - 1000 - 256 });
    assert.equal(budgetFor(provider(32_000), { ...settings, contextSize: 16_000 }).window, 16_000);
    assert.equal(budgetFor(provider(32_000), { ...settings, contextSize: 64_000 }).window, 32_000);
  });

  it('[ENG-40] PLURNK_BUDGET_CEILING can only lower it, as a fraction or in tokens', () => {
    assert.equal(budgetFor(provider(32_000), { ...settings, budgetCeiling: 0.5 }).ceiling, 16_000);
    assert.equal(budgetFor(provider(32_000), { ...settings, budgetCeiling: 1 }).ceiling, 27_744);
    assert.equal(budgetFor(provider(32_000), { ...settings, budgetCeiling: 9000 }).ceiling, 9000);
    assert.equal(budgetFor(provider(32_000), { ...settings, budgetCeiling: 90_000 }).ceiling, 27_744);
  });

  it('[ENG-40] is absent without a known window, and refused with both numbers when nothing is left', () => {
    assert.deepEqual(budgetFor(provider(null), settings), { window: null, ceiling: null });
    assert.throws(() => budgetFor(provider(1000, 2000), settings), /1000 tokens leaves -\d+ after 2000/);
  });

  it('[ENG-41] is divided by the worst observed real/measured ratio', () => {
    const ratio = new UsageRatio();
    assert.equal(ratio.apply(1000), 1000);
    ratio.observe(100, 125);
    ratio.observe(100, 110);
    ratio.observe(100, null);
    assert.equal(ratio.apply(1000), 800);
    assert.equal(ratio.apply(null), null);
  });
});

describe('the grinder', () => {
  let world: World;
  const open = async (options: WorldOptions): Promise<World> => {
    world = await openWorld(options);
    return world;
  };
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  /** One token a character makes sizes easy to see. */
  const window = (ceiling: number): WorldOptions => ({
    mock: { contextSize: ceiling + 100, outputReserve: 0, countTokens: text => text.length },
    settings: { safetyMargin: 100, filesItems: 0 },
  });
  const base = async (): Promise<number> => {
    await open({ ...window(1_000_000), replies: [done()] });
    const { runId } = await world.run('go');
    const tokens = must(world.store.turns.listRun(runId)[0]?.meta.measuredTokens) as number;
    await world.close();
    return tokens;
  };
  const packet = (index: number, runId: LogRow['runId']): readonly StoredSection[] =>
    must(world.store.turns.readPacket(must(world.store.turns.listRun(runId)[index]).id));
  const big = (name: string, size: number): string => `<<EDIT(known:///${name}.md):${'x'.repeat(size)}:EDIT`;

  it('[ENG-42] folds only the newest turn, never older rows or error rows, and says so in the packet that goes out', async () => {
    const size = await base();
    await open({
      ...window(size + 6000),
      replies: [
        turn(big('a', 2000)),
        turn(`${big('b', 6000)}\n<<READ(known:///no.md::READ`),
        turn('<<FIND(known:///**)::FIND'),
        done(),
      ],
    });
    const { runId, status } = await world.run('go');
    assert.equal(status, 200);
    const rows = world.rows(runId);
    const edits = rows.filter(row => row.op === 'EDIT' && row.origin === 'model');
    assert.deepEqual(
      edits.map(row => [row.pathname, row.expanded]),
      [
        ['/a.md', true],
        ['/b.md', false],
      ],
    );
    const overflow = must(rows.find(row => row.statusRx === 413));
    assert.deepEqual([overflow.op, overflow.turnSeq, overflow.expanded], ['error', 3, true]);
    assert.ok(rows.filter(row => row.op === 'error' && row.turnSeq === 2).every(row => row.expanded));
    const log = must(packet(2, runId).find(section => section.name === 'log')).content;
    assert.match(log, /413 Budget Overflow/);
    assert.doesNotMatch(log, /x{6000}/);
    assert.match(log, /x{2000}/);
  });

  it('[ENG-44] no delivered packet is over the ceiling, and folding deletes nothing', async () => {
    const size = await base();
    await open({ ...window(size + 5000), replies: [turn(big('a', 5200)), turn('<<FIND(known:///**)::FIND'), done()] });
    const { runId } = await world.run('go');
    for (const row of world.store.turns.listRun(runId)) {
      assert.ok((row.meta.measuredTokens as number) <= (row.meta.ceiling as number));
    }
    const edit = must(world.rows(runId).find(row => row.op === 'EDIT' && row.origin === 'model'));
    assert.match(must(edit.rx), /x{5200}/);
  });

  it('[ENG-42] an overflow on turn 1 folds this turn’s foists', async () => {
    const size = await base();
    await open({ ...window(size + 3000), files: { 'a.md': 'y'.repeat(5000) }, replies: [done()] });
    const { runId, status } = await world.run('go', { openPaths: ['a.md'] });
    assert.equal(status, 200);
    const rows = world.rows(runId);
    assert.equal(must(rows.find(row => row.op === 'READ')).expanded, false);
    assert.equal(rows.filter(row => row.statusRx === 413).length, 1);
    assert.equal(world.mock.requests.length, 1);
  });

  it('[ENG-43] what does not fit even so ends 413 without a model call, and the stored packet shows the overshoot', async () => {
    const size = await base();
    await open({ ...window(size - 2000), replies: [done()] });
    const { runId, status } = await world.run('go');
    assert.equal(status, 413);
    assert.equal(world.mock.requests.length, 0);
    const turns = world.store.turns.listRun(runId);
    assert.deepEqual(
      turns.map(row => row.status),
      [413],
    );
    const gauge = must(packet(0, runId).find(section => section.name === 'budget')).content;
    const [, ceiling, usage, percent, free] = must(
      /ceiling (\d+) · usage (\d+) \((\d+)%\) · free (\d+)/.exec(gauge),
    ).map(Number);
    assert.ok(must(usage) > must(ceiling));
    assert.ok(must(percent) > 100);
    assert.equal(free, 0);
  });

  it('[ENG-30] an overflow strikes', async () => {
    const size = await base();
    await open({ ...window(size + 4000), replies: [(_, call) => turn(big(`n${call}`, 4000))] });
    assert.equal((await world.run('go')).status, 500);
  });

  it('the gauge is exact: usage is the sum of all sections, itself included', async () => {
    await open({ ...window(1_000_000), replies: [turn('<<FIND(known:///**)::FIND'), done()] });
    const { runId } = await world.run('go');
    const sections = packet(1, runId);
    const gauge = must(sections.find(section => section.name === 'budget')).content;
    const usage = Number(must(/usage (\d+)/.exec(gauge))[1]);
    assert.equal(
      usage,
      sections.reduce((sum, section) => sum + section.tokens, 0),
    );
  });

  it('from 50 % on the gauge shows the weight per turn and the five heaviest rows', async () => {
    const size = await base();
    await open({ ...window(size + 5000), replies: [turn(big('a', 1500)), turn('<<FIND(known:///**)::FIND'), done()] });
    const { runId } = await world.run('go');
    const gauge = must(packet(2, runId).find(section => section.name === 'budget')).content;
    assert.match(gauge, /Tokens per turn, oldest first:\n\* \d+ log:\/\/\/1\/1\/\n\* \d+ log:\/\/\/1\/2\//);
    const heaviest = must(gauge.split('Heaviest rows:\n')[1]).split('\n');
    assert.equal(heaviest.length, 5);
    const weights = heaviest.map(line => Number(line.split(' ')[1]));
    assert.deepEqual(
      weights,
      [...weights].sort((a, b) => b - a),
    );
  });

  it('[ENG-40] without a window there is no gauge', async () => {
    await open({ replies: [done()] });
    const { runId } = await world.run('go');
    assert.equal(
      packet(0, runId).some(section => section.name === 'budget'),
      false,
    );
  });
});
