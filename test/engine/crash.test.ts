import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoopId, RunId } from '../../server/src/store/contract.ts';
import { STEPS, type Step } from './support/crash-steps.ts';
import { done, must, openWorld, type World } from './support/world.ts';

const CHILD = fileURLToPath(new URL('./support/crash-child.ts', import.meta.url));

interface Left {
  readonly folder: string;
  readonly root: string | null;
  readonly sessionId: number;
  readonly loopId: LoopId;
  readonly runId: RunId;
}

async function crashAt(step: Step): Promise<Left> {
  const place = await mkdtemp(join(tmpdir(), 'plurnk-crash-'));
  const answer = join(place, 'state.json');
  const child = spawn(process.execPath, ['--conditions=plurnk-source', '--no-warnings', CHILD, step, answer], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGKILL', `the process died by itself at ${step}`);
  const left = JSON.parse(await readFile(answer, 'utf8')) as Left;
  await rm(place, { recursive: true });
  return left;
}

describe('kill -9 in each step of a turn', function () {
  this.timeout(120_000);
  let world: World | null = null;
  afterEach(async () => {
    await world?.close();
    world = null;
  });

  for (const step of STEPS) {
    it(`[ENG-18] ${step}: the loop is closed as interrupted, streams errored, proposals cancelled, and work goes on`, async () => {
      const left = await crashAt(step);
      const from = { folder: left.folder, root: left.root, session: { id: left.sessionId } } as unknown as World;
      world = await openWorld({ from, replies: [done()] });
      const { store } = world;
      const loop = must(store.loops.get(left.loopId));
      assert.deepEqual([loop.status, loop.reason], [499, 'interrupted']);
      const rows = world.rows(left.runId);
      assert.match(must(rows.at(-1)?.rx), /499 Interrupted/);
      assert.ok(
        rows.some(row => row.pathname === '/first.md' && row.statusRx === 201),
        'what was acknowledged is kept',
      );
      assert.ok(rows.every(row => row.state !== 'proposed'));
      assert.deepEqual(store.proposals.pending(), []);
      assert.deepEqual(store.subscriptions.active(), []);
      assert.ok(rows.filter(row => row.op === 'EXEC').every(row => row.statusRx !== 102));
      assert.ok(store.turns.listRun(left.runId).every(turn => turn.endedAt !== null));
      assert.equal(await world.file('a.md'), 'one\n');
      const end = await world.run('go on');
      assert.deepEqual([end.status, end.runId], [200, left.runId]);
      assert.deepEqual(world.defects, []);
    });
  }
});
