import assert from 'node:assert/strict';
import { moveLoop } from '../../server/src/engine/loop-state.ts';
import { judgeByPolicies } from '../../server/src/engine/policies.ts';
import { ProposalMachine } from '../../server/src/engine/proposal-state.ts';
import { repeats } from '../../server/src/engine/strike-rail.ts';
import { closeStream } from '../../server/src/executors/stream-state.ts';
import { entryTarget } from '../../server/src/packet/address.ts';
import { TransitionError } from '../../server/src/platform/transitions.ts';
import type { ProposalDraft } from '../../server/src/schemes/contract.ts';
import type { SubscriptionId } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn } from './support/world.ts';

const draft = (kind: ProposalDraft['kind'], path: string, command = ''): ProposalDraft => ({
  kind,
  target: entryTarget(null, path),
  body: command,
  attrs: { command },
  baseline: null,
  baseSignature: null,
  proposed: null,
  apply: () => Promise.reject(new Error('not asked for')),
  stale: () => Promise.resolve(false),
});

describe('state machines', () => {
  it('an impossible transition of a loop is an error, and changes nothing', async () => {
    const world = await openWorld({ replies: [done()] });
    const { loopId } = await world.run('go');
    const services = {
      store: world.store,
      clock: { now: () => 1, elapsed: () => 1, setTimeout: () => ({ cancel: () => {} }) },
    };
    for (const to of [100, 102, 202, 499] as const)
      assert.throws(() => moveLoop(services, loopId, to), TransitionError);
    assert.equal(world.store.loops.get(loopId)?.status, 200);
    await world.close();
  });

  it('[ENG-12] a stream ends once: what would end it again is an error, and changes nothing', async () => {
    const world = await openWorld({
      files: { 'a.md': 'x' },
      replies: [turn('<<EXEC[sh]:echo over:EXEC', 202), done()],
    });
    const { runId } = await world.run('go', { flags: { yolo: true } });
    const told = must(world.rows(runId).find(row => row.op === 'READ' && row.fragment === 'stdout'));
    const stream = must(world.store.subscriptions.get(told.attrs.subscription as SubscriptionId));
    assert.equal(stream.state, 'closed');
    for (const closeStatus of [200, 499])
      assert.throws(() => closeStream(world.store, stream.id, closeStatus, 1), TransitionError);
    assert.deepEqual(world.store.subscriptions.get(stream.id), stream);
    assert.equal(world.store.entries.channel(stream.entryId, 'stdout')?.state, 'closed');
    await world.close();
  });

  it('[ENG-61] a proposal is settled once, and only while it waits', () => {
    const settled = new ProposalMachine();
    settled.move('applying');
    settled.move('resolved');
    for (const to of ['applying', 'resolved', 'failed', 'cancelled'] as const)
      assert.throws(() => settled.move(to), TransitionError);
    const cancelled = new ProposalMachine();
    cancelled.move('cancelled');
    assert.throws(() => cancelled.move('applying'), TransitionError);
    const applying = new ProposalMachine();
    applying.move('applying');
    assert.throws(() => applying.move('cancelled'), /applying → cancelled/);
  });

  it('[ENG-31] a cycle has a period up to maxCyclePeriod and at least minCycles repetitions', () => {
    assert.equal(repeats([...'aaa'], 4, 3), true);
    assert.equal(repeats([...'aa'], 4, 3), false);
    assert.equal(repeats([...'xabab'], 4, 3), false);
    assert.equal(repeats([...'xababab'], 4, 3), true);
    assert.equal(repeats([...'abcdabcdabcd'], 4, 3), true);
    assert.equal(repeats([...'abcdeabcdeabcde'], 4, 3), false);
    assert.equal(repeats([...'abababx'], 4, 3), false);
  });
});

describe('auto-approval rules', () => {
  const allow = (kind: 'edit' | 'exec', pattern: string) =>
    ({ name: `allow ${pattern}`, kind, effect: 'allow', pattern }) as const;
  const deny = (kind: 'edit' | 'exec', pattern: string) =>
    ({ name: `deny ${pattern}`, kind, effect: 'deny', pattern }) as const;
  const exec = (command: string, ...rules: Parameters<typeof judgeByPolicies>[0]) =>
    judgeByPolicies(rules, draft('exec', '', command))?.effect ?? null;
  const edit = (path: string, ...rules: Parameters<typeof judgeByPolicies>[0]) =>
    judgeByPolicies(rules, draft('edit', path))?.effect ?? null;

  it('[ENG-66] a command is allowed only when every simple command of it is', () => {
    const rules = [allow('exec', 'npm test'), allow('exec', 'npm run *')];
    assert.equal(exec('npm test', ...rules), 'allow');
    assert.equal(exec('npm run lint', ...rules), 'allow');
    for (const command of [
      'npm test; rm -rf /',
      'npm test && rm x',
      'npm test | sh',
      'npm run $(rm x)',
      'npm run `rm x`',
      'npm run x > /etc/passwd',
      'npm run x & rm y',
      'npm run a\nrm b',
      `npm run $${'{X}'}`,
    ]) {
      assert.equal(exec(command, ...rules), null, command);
    }
  });

  it('[ENG-66] a deny rule wins over any allow rule, for each part of a command', () => {
    assert.equal(exec('git push', allow('exec', '*'), deny('exec', 'git push*')), 'deny');
    assert.equal(exec('npm test && git push origin', allow('exec', '*'), deny('exec', 'git push*')), 'deny');
    assert.equal(edit('src/secret.ts', allow('edit', '**'), deny('edit', '**/secret.*')), 'deny');
  });

  it('[ENG-66] nothing outside of the workspace is approved', () => {
    for (const path of ['../x.ts', '/etc/passwd', 'a/../../x', 'C:\\x', ''])
      assert.equal(edit(path, allow('edit', '**')), null, path);
    assert.equal(edit('src/a.ts', allow('edit', 'src/**')), 'allow');
    assert.equal(edit('lib/a.ts', allow('edit', 'src/**')), null);
    assert.equal(
      judgeByPolicies([allow('edit', '**')], { ...draft('move', 'src/a.ts'), attrs: { to: '../b.ts' } }),
      null,
    );
  });

  it('[ENG-66] no rule, no opinion', () => {
    assert.equal(exec('ls'), null);
    assert.equal(exec('ls', allow('edit', '**')), null);
  });
});
