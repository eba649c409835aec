import assert from 'node:assert/strict';
import { Outbox } from '../../../server/src/rpc/outbox.ts';

function makeOutbox(limit: number, patienceMs = 60_000) {
  const sent: string[] = [];
  const gates: (() => void)[] = [];
  let overflows = 0;
  const outbox = new Outbox({
    durable: () => new Promise(resolve => gates.push(resolve)),
    limit,
    patienceMs,
    onOverflow: () => {
      overflows += 1;
    },
  });
  const push = (text: string, droppable = false, send: () => void | Promise<void> = () => undefined): void =>
    outbox.push({
      size: text.length,
      droppable,
      send: () => {
        sent.push(text);
        return send();
      },
    });
  /** Everything committed so far is on disk. */
  const flush = async (): Promise<void> => {
    while (gates.length > 0) {
      for (const gate of gates.splice(0)) gate();
      await new Promise(resolve => setImmediate(resolve));
    }
  };
  return { outbox, push, flush, sent, overflows: () => overflows };
}

describe('the outbox of a peer', () => {
  it('[RL-1] sends nothing before what it tells is durable, and keeps the order', async () => {
    const { push, flush, sent } = makeOutbox(1000);
    push('first');
    push('second');
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(sent, []);
    await flush();
    assert.deepEqual(sent, ['first', 'second']);
    push('third');
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(sent, ['first', 'second'], 'what came after the flush waits for the next');
    await flush();
    assert.deepEqual(sent, ['first', 'second', 'third']);
  });

  it('[RL-16] gives up a reader that is over the limit, once, and sends nothing more', async () => {
    const { push, flush, sent, overflows } = makeOutbox(10);
    push('slow', false, () => new Promise(() => undefined));
    await flush();
    push('x'.repeat(8));
    assert.equal(overflows(), 0);
    push('x'.repeat(8));
    push('after');
    await flush();
    assert.equal(overflows(), 1);
    assert.deepEqual(sent, ['slow']);
  });

  it('[RL-16] gives up a reader that makes no progress while more than the limit waits', async () => {
    const { outbox, push, flush, overflows } = makeOutbox(10, 1);
    push('slow', false, () => new Promise(() => undefined));
    push('x'.repeat(50));
    await flush();
    await outbox.flushed();
    assert.equal(overflows(), 1);
  });

  it('[RL-16] takes one message over the limit from a reader that keeps up', async () => {
    const { push, flush, sent, overflows } = makeOutbox(10);
    push('x'.repeat(50));
    push('next');
    await flush();
    assert.deepEqual([sent.length, overflows()], [2, 0]);
  });

  it('[RL-16] leaves streamed text out for a reader that is behind, rows never', async () => {
    const { push, flush, sent } = makeOutbox(100);
    let go = (): void => undefined;
    push('slow', false, () => new Promise<void>(resolve => (go = resolve)));
    await flush();
    push('r'.repeat(60));
    push('delta', true);
    push('row');
    go();
    await new Promise(resolve => setImmediate(resolve));
    await flush();
    assert.deepEqual(sent, ['slow', 'r'.repeat(60), 'row']);
  });

  it('[RPC-3] a send that fails gives the peer up', async () => {
    const { push, flush, overflows } = makeOutbox(100);
    push('bad', false, () => Promise.reject(new Error('reset')));
    await flush();
    await flush();
    assert.equal(overflows(), 1);
  });
});
