import assert from 'node:assert/strict';
import { join } from 'node:path';
import { randomFrom } from '../../../scripts/crash/content.ts';
import { newWriterWorld, writerRound } from '../../../scripts/crash/writer-round.ts';
import { newFolder, removeFolders } from './support.ts';

/** The long version is `npm run crash -- --rounds 200`, with the real daemon. */
describe('kill -9', () => {
  after(removeFolders);

  it('[RL-1] [RL-2] loses no acknowledged commit: while writing, in a snapshot, in a migration, while opening', async function () {
    this.timeout(240_000);
    const world = newWriterWorld(join(newFolder(), 'storage'));
    const random = randomFrom(7);
    let acknowledged = 0;
    for (const moment of ['snapshot', 'writing', 'migration', 'opening', 'snapshot'] as const) {
      // Each round throws when anything acknowledged is missing or the database fails its check.
      acknowledged += (await writerRound(world, moment, random)).acknowledged;
    }
    assert.ok(acknowledged > 0, 'no round acknowledged anything');
  });
});
