import assert from 'node:assert/strict';
import type { Services } from '../../../client/src/context.ts';
import { isRunning } from '../../unit/resources/support/is-running.ts';
import { emission, freshSession, nextEvent, startLoop, writeFile } from '../support/extension.ts';
import { eventually } from '../support/wait.ts';

/** RL-5 asks for 100; a run of the whole suite does a tenth of it. `PLURNK_TEST_KILLS=100` does them all. */
const KILLS = Number(process.env.PLURNK_TEST_KILLS ?? 10);

describe('server restart', function () {
  this.timeout(12 * 60_000);
  let parts: Services;
  before(async () => {
    parts = await freshSession();
    await writeFile('kill.txt', 'text\n');
  });

  it('[RL-5] killed while a loop waits: the client starts it again, the session is attached, the loop is marked as interrupted', async () => {
    const added = nextEvent(parts.proposals.onAdded);
    const loop = await startLoop([emission(['<<EDIT(kill.txt)<1>:new\n:EDIT'])]);
    await added;
    const session = parts.session.current?.id;
    const switched = nextEvent(parts.session.onSwitched);
    process.kill(parts.server.pid ?? 0, 'SIGKILL');
    await nextEvent(parts.server.onState, state => state === 'running');
    await switched;
    assert.equal(parts.session.current?.id, session);
    const { loops } = await parts.server.request('run.turns', { runId: loop.runId });
    const ended = loops.find(({ id }) => id === loop.loopId);
    assert.deepEqual([ended?.status, ended?.reason], [499, 'interrupted']);
    await eventually(
      () => parts.proposals.pending.length,
      count => count === 0,
      'the proposal is gone',
    );
    await eventually(
      () => parts.conversation.running,
      running => !running,
      'the input is free again',
    );
  });

  it(`[RL-5] ${KILLS} kills in a row while loops run: no orphan process, no lost row, the session is there each time`, async () => {
    const session = parts.session.current?.id;
    const pids = new Set<number>();
    let rows = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await parts.server.request('loop.run', { prompt: `prompt ${kill}`, alias: 'demo' });
      const before = await parts.server.request('session.prompts', { limit: 1000 });
      assert.ok(before.prompts.length >= rows, 'no prompt is lost');
      rows = before.prompts.length;
      const { pid } = parts.server;
      assert.ok(pid !== undefined && !pids.has(pid));
      pids.add(pid);
      const running = nextEvent(parts.server.onState, state => state === 'running');
      const switched = nextEvent(parts.session.onSwitched);
      process.kill(pid, 'SIGKILL');
      await running;
      await switched;
      assert.equal(parts.session.current?.id, session);
    }
    for (const pid of pids)
      await eventually(
        () => isRunning(pid),
        there => !there,
        `process ${pid} is gone`,
      );
    const { prompts } = await parts.server.request('session.prompts', { limit: 1000 });
    assert.equal(prompts.filter(prompt => /^prompt \d+$/.test(prompt)).length, KILLS);
  });
});
