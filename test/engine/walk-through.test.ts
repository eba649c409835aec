/**
 * A scripted loop walks through a small repository with every op, dialect, marker and runtime; what the run then knows is
 * a golden file. `UPDATE_GOLDEN=1` writes it anew.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transcript } from './support/transcript.ts';
import { done, openWorld, turn, type World } from './support/world.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/sample-workspace');
const GOLDEN = path.join(import.meta.dirname, '../fixtures/walk-through.golden.md');

const files = Object.fromEntries(
  globSync('**/*.{ts,md,json}', { cwd: FIXTURE })
    .sort()
    .map(name => [name, readFileSync(path.join(FIXTURE, name), 'utf8')]),
);

/** One emission per entry; a command is waited for, so that its output comes in a turn of its own. */
const REPLIES = [
  turn('<<EXEC:git init -q . && git add -A && printf "\\033[32mgreen\\033[0m\\n":EXEC', 202),
  turn(
    [
      '<<FIND(src/**):#price#:FIND',
      '<<FIND(**):*TODO*:FIND',
      '<<FIND(README.md)://h1:FIND',
      '<<FIND(package.json):$.scripts.test:FIND',
      '<<FIND(src/):@findItem:FIND',
      '<<FIND(src/):@>receipt:FIND',
      '<<FIND(src/)<1,1>:~discount for cake:FIND',
      '<<FIND(#^src/m#):FIND',
      '<<READ(src/**):#\\bdiscount\\(#:READ',
      '<<READ(src/order.ts)<1,3>:READ',
      '<<READ(package.json)<2>:READ',
      '<<READ(src/absent.ts):READ',
    ].join('\n'),
  ),
  turn(
    [
      '<<EDIT[bill](known:///bill.md):one\ntwo\nthree:EDIT',
      '<<EDIT(known:///bill.md)<2>:TWO:EDIT',
      '<<EDIT(known:///bill.md)<0>:zero:EDIT',
      '<<EDIT(known:///bill.md)<-1>:four:EDIT',
      '<<EDIT(known:///bill.md)<2.5>:between:EDIT',
      '<<EDIT(known:///bill.md)<3,4>:range:EDIT',
      '<<EDIT(known:///bill.md)<9>:too far:EDIT',
      '<<EDIT(known:///list.json):[1, {"a": 2}]:EDIT',
      '<<EDIT(known:///list.json)<2>:["x", "y"]:EDIT',
      '<<EDIT(src/order.ts)<19>:  // taking back is not needed:EDIT',
      '<<EDIT(src/tax.ts):export const tax = 19;\n:EDIT',
      '<<EDIT(src/tax.ts):export const tax = 19;\n:EDIT',
    ].join('\n'),
  ),
  turn(
    [
      '<<COPY(src/tax.ts):known:///tax.ts:COPY',
      '<<COPY(known:///bill.md)<1>:docs/bill.md:COPY',
      '<<COPY(known:///bill.md):docs/bill.md:COPY',
      '<<MOVE(docs/bill.md):docs/paper.md:MOVE',
      '<<MOVE(known:///bill.md):unknown:///bill.md:MOVE',
      '<<KILL(src/tax.ts):KILL',
      '<<KILL(unknown:///bill.md):KILL',
      '<<FIND(known:///**):FIND',
      '<<FIND(docs/**):FIND',
      '<<READ(plurnk:///docs/known.md)<1>:READ',
      '<<FOLD(log:///1/2/*):FOLD',
    ].join('\n'),
  ),
  turn('<<EXEC[node]:console.log([1, 2, 3].map(n => n * n).join()):EXEC', 202),
  turn('<<EXEC[sqlite]:SELECT 6 * 7 AS answer:EXEC', 202),
  turn('<<EXEC[git]:ls-files src:EXEC', 202),
  turn('<<EXEC(src)<5>:ls; echo problem >&2; exit 2:EXEC', 202),
  done(),
];

describe('walk through', () => {
  let world: World;
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });

  it('[RES-14] [RES-12] [RES-16] [RES-18] [RES-26] [RES-40] every op, dialect, marker and runtime, as the golden file says', async function () {
    this.timeout(90_000);
    world = await openWorld({ files, replies: REPLIES, runtimes: ['sh', 'node', 'sqlite', 'git'] });
    const { status, runId } = await world.run('walk through', { flags: { yolo: true } });
    const written = transcript(world.rows(runId)).replaceAll(/\/1\/1\/\d+/g, '/1/1/N');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, written);
    assert.ok(existsSync(GOLDEN), 'there is no golden file');
    assert.equal(written, readFileSync(GOLDEN, 'utf8'));
    assert.equal(status, 200);
  });
});
