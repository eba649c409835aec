import assert from 'node:assert/strict';
import type { RowView } from '@plurnk/protocol/webview';
import { Conversation } from '../../../client/src/chat/conversation.ts';
import type { Services } from '../../../client/src/context.ts';
import { emission, freshSession, startLoop } from '../support/extension.ts';
import { eventually } from '../support/wait.ts';

describe('the conversation', () => {
  let parts: Services;
  before(async () => {
    parts = await freshSession();
    await (await startLoop([emission([])])).ended;
    assert.notEqual(parts.session.runId, null);
  });

  it('[UI-14] [UI-16] a row that comes while the pages are read is not lost', async () => {
    const shown = new Map<number, RowView>();
    const view = {
      post(type: string, payload: { rows?: RowView[]; row?: RowView }) {
        if (type === 'conversation') shown.clear();
        for (const row of payload.rows ?? []) shown.set(row.id, row);
        if (payload.row) shown.set(payload.row.id, payload.row);
      },
    };
    let goOn = (): void => {};
    const slow = new Promise<void>(resolve => {
      goOn = resolve;
    });
    const session = Object.create(parts.session, {
      // The loops are told late, long after the rows were read.
      turns: { value: () => slow.then(() => parts.session.turns()) },
      runId: { get: () => parts.session.runId },
    }) as Services['session'];
    const conversation = new Conversation(parts.server, session, parts.proposals, view as never);
    try {
      const loading = conversation.load();
      await parts.server.request('log.read', { runId: Number(parts.session.runId), last: true, limit: 1 });
      const loop = await startLoop([emission(['<<EDIT(known:///kept.md):kept:EDIT'])]);
      await loop.ended;
      goOn();
      await loading;
      await eventually(
        () => [...shown.values()].map(({ target }) => target),
        targets => targets.some(target => target.includes('kept.md')),
        'the row of the loop',
      );
    } finally {
      goOn();
      conversation.dispose();
    }
  });
});
