import assert from 'node:assert/strict';
import { previewEmission } from '../src/chat/stream-preview.ts';

const WHOLE =
  '<<PLAN:Look first.:PLAN\n<<READ(src/a.ts)<1,5>:READ\n<<EDITx(b.md):has :EDIT inside:EDITx\n<<SEND[200]:done: yes:SEND';

describe('a turn while it is written', () => {
  it('[UI-11] its ops with target and body', () => {
    assert.deepEqual(
      previewEmission(WHOLE).map(({ op, target, body, open }) => [op, target, body, open]),
      [
        ['PLAN', '', 'Look first.', false],
        ['READ', 'src/a.ts', '', false],
        ['EDIT', 'b.md', 'has :EDIT inside', false],
        ['SEND', '', 'done: yes', false],
      ],
    );
  });

  it('[UI-11] at every length: what was complete stays, and only the last one is open', () => {
    let complete = 0;
    for (let length = 0; length <= WHOLE.length; length++) {
      const previews = previewEmission(WHOLE.slice(0, length));
      assert.ok(previews.slice(0, -1).every(({ open }) => !open));
      const closed = previews.filter(({ open }) => !open).length;
      assert.ok(closed >= complete - 1, `at ${length}`);
      complete = Math.max(complete, closed);
    }
    assert.equal(complete, 4);
  });

  it('[UI-11] prose and half a tag are no ops', () => {
    assert.deepEqual(previewEmission('Some words <<REA'), []);
    assert.deepEqual(previewEmission('<<NOPE:x:NOPE'), []);
    assert.equal(previewEmission('words <<PLAN:so far')[0]?.open, true);
  });
});
