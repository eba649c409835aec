import assert from 'node:assert/strict';
import { boundTokenizer, type GenerateRequest } from '@plurnk/plurnk-providers';
import { type ReadRow, readLog } from './support/packet-reader.ts';
import { done, must, openWorld, turn, type World } from './support/world.ts';

const FILES = 60;
const WINDOW = 9000;

/** Sixty files of which each says once who may write: one list of them is more than the window holds. */
const files = Object.fromEntries(
  Array.from({ length: FILES }, (_, n) => [
    `src/schemes/part-${String(n).padStart(2, '0')}.ts`,
    `// part ${n}\nexport const writable = 'model';\n${'// more\n'.repeat(n % 5)}`,
  ]),
);

/** The log of a packet as its reader sees it. */
function logOf({ messages }: GenerateRequest): ReadRow[] {
  const user = must(messages[1]).content;
  const [, rest = ''] = user.split('# Plurnk Service Log\n\n');
  return readLog(must(rest.split('\n\n# Plurnk Service Active User Prompts')[0]).trimEnd());
}

const isOverflow = (row: ReadRow | undefined): boolean => row?.meta.op === 'error' && row.meta.status === 413;

/** Who takes the packet at its word: asks, reads what fits, notes it, drops what it is done with and goes on behind it. */
class Reader {
  readonly found = new Set<string>();
  readonly overflows: string[] = [];
  #row = '';
  #next = 1;
  #page = 0;
  #lines = 0;

  answer(request: GenerateRequest): string {
    const log = logOf(request);
    const newest = log.at(-1);
    if (isOverflow(newest)) return this.#heed(must(newest?.body));
    return this.#page === 0 ? turn('<<FIND(src/schemes/**):#writable#:FIND') : this.#note(log);
  }

  /** A little less than what fits: the note needs room too. */
  #heed(text: string): string {
    this.overflows.push(text);
    const hint = /<<READ\((log:\S+?)\)<(\d+),(\d+)>::READ \((\d+) of (\d+) lines/.exec(text);
    const [, row, first, , fitting, lines] = must(hint);
    this.#row = must(row);
    this.#next = Number(first);
    this.#page = Math.floor(Number(fitting) * 0.75);
    this.#lines = Math.max(this.#lines, Number(lines));
    return this.#read();
  }

  /** What the last READ showed goes into memory and its turn out of the log; then the next page, or the answer. */
  #note(log: readonly ReadRow[]): string {
    const shown = must(log.findLast(row => row.meta.op === 'READ' && row.mark === '+'));
    const paths = [...must(shown.body).matchAll(/"path":"([^"]+)"/g)].map(match => must(match[1]));
    for (const path of paths) this.found.add(path);
    this.#next += this.#page;
    if (this.#next > this.#lines) return done([...this.found].join('\n'));
    const old = String(shown.meta.path).replace(/\d+\/READ$/, '**');
    return this.#read(`<<EDIT(known:///found.md)<-1>:${paths.join('\n')}:EDIT\n<<KILL(${old})::KILL\n`);
  }

  #read(before = ''): string {
    const last = Math.min(this.#lines, this.#next + this.#page - 1);
    return turn(`${before}<<READ(${this.#row})<${this.#next},${last}>::READ`);
  }
}

describe('a small window', () => {
  let world: World;
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });

  it('[PKT-6] [ENG-42] [ENG-44] a task whose result does not fit 9,000 tokens is done by doing what the overflow says', async () => {
    const reader = new Reader();
    world = await openWorld({
      files,
      mock: { contextSize: WINDOW, countTokens: boundTokenizer.count },
      replies: [request => reader.answer(request)],
    });
    const { runId, status, reason } = await world.run('Which files in src/schemes say who may write? List them all.');
    assert.deepEqual([status, reason], [200, null]);
    const answer = must(world.rows(runId).findLast(row => row.op === 'SEND'));
    assert.deepEqual(
      JSON.stringify(answer.tx)
        .match(/src\/schemes\/part-\d\d\.ts/g)
        ?.sort(),
      Object.keys(files).sort(),
      'the whole list is in the answer',
    );
    const turns = world.store.turns.listRun(runId);
    for (const { meta } of turns) assert.ok((meta.measuredTokens as number) <= (meta.ceiling as number));
    assert.equal(reader.overflows.length, 1, 'what the overflow offers fits, and so do the pages behind it');
    assert.match(must(reader.overflows[0]), /about \d+ are free now/);
  });

  it('[ENG-42] a row that fits as a whole is offered to be opened, and opening it fits', async () => {
    const long = (n: number): string => `${'word '.repeat(8)}\n`.repeat(n);
    world = await openWorld({
      files: { 'a.md': long(140), 'b.md': long(60) },
      mock: { contextSize: WINDOW, countTokens: boundTokenizer.count },
      settings: { filesItems: 0 },
      replies: [
        turn('<<READ(a.md)::READ\n<<READ(b.md)::READ'),
        request => {
          const text = must(logOf(request).at(-1)?.body);
          return turn(must(/<<OPEN\(\S+\)::OPEN/.exec(text))[0]);
        },
        done(),
      ],
    });
    const { runId, status } = await world.run('go');
    assert.equal(status, 200);
    assert.equal(world.rows(runId).filter(row => row.statusRx === 413).length, 1);
    const shown = logOf(must(world.mock.requests.at(-1))).filter(row => row.meta.op === 'READ' && row.mark === '+');
    assert.equal(shown.length, 1);
  });

  it('[ENG-42] of a text it offers the lines that fit by the numbers of the text, also behind those already read', async () => {
    const lines = Array.from({ length: 400 }, (_, n) => `line ${n + 1} of a longer text`);
    const offered: string[] = [];
    const heed = (request: GenerateRequest): string => {
      const [hint] = must(/<<READ\(a\.md\)<\d+,\d+>::READ/.exec(must(logOf(request).at(-1)?.body)));
      offered.push(hint);
      return turn(`<<FOLD(log:///1/**)::FOLD\n${hint}`);
    };
    world = await openWorld({
      files: { 'a.md': lines.join('\n') },
      mock: { contextSize: WINDOW, countTokens: boundTokenizer.count },
      settings: { filesItems: 0 },
      replies: [
        turn('<<READ(a.md)::READ'),
        heed,
        turn('<<FOLD(log:///1/**)::FOLD\n<<READ(a.md)<101,400>::READ'),
        heed,
        done(),
      ],
    });
    const { runId, status } = await world.run('go');
    assert.equal(status, 200);
    assert.match(must(offered[0]), /<1,\d\d+>/);
    assert.match(must(offered[1]), /<101,\d+>/);
    assert.equal(world.rows(runId).filter(row => row.statusRx === 413).length, 2);
    const shown = must(
      logOf(must(world.mock.requests.at(-1))).findLast(row => row.mark === '+' && row.meta.op === 'READ'),
    );
    assert.match(must(shown.body), /^101:\tline 101 /);
  });

  it('[ENG-42] [ENG-43] a fan-out whose rows do not fit even when they are folded is one line that counts them, and can be opened', async () => {
    world = await openWorld({
      files,
      mock: { contextSize: WINDOW, countTokens: boundTokenizer.count },
      settings: { filesItems: 0 },
      replies: [turn('<<READ(src/schemes/**):#writable#:READ'), turn('<<OPEN(log:///1/1/9/READ)::OPEN'), done()],
    });
    const { runId, status } = await world.run('go');
    assert.equal(status, 200);
    const reads = world.rows(runId).filter(row => row.op === 'READ');
    assert.equal(reads.length, FILES, 'the log itself keeps every row');
    const lines = logOf(must(world.mock.requests[1])).filter(row => row.meta.op === 'READ');
    assert.equal(lines.length, 1);
    const [line] = lines;
    assert.equal(line?.meta.rows, FILES);
    const text = must(logOf(must(world.mock.requests[1])).find(isOverflow)?.body);
    assert.match(text, /60 rows of READ are too many, even folded/);
    assert.match(String(line?.meta.path), /^log:\/\/\/1\/1\/\d+\/READ$/);
    assert.match(String(line?.meta.target), /^src\/schemes\/part-00\.ts … src\/schemes\/part-59\.ts$/);
    const after = logOf(must(world.mock.requests[2])).filter(row => row.meta.op === 'READ');
    const opened = after.filter(row => row.mark === '+');
    assert.equal(opened.length, 1, 'the rest stays folded');
    assert.equal(opened[0]?.meta.path, 'log:///1/1/9/READ');
    for (const { meta } of world.store.turns.listRun(runId))
      assert.ok((meta.measuredTokens as number) <= (meta.ceiling as number));
  });

  it('[ENG-42] once there is an old turn, the overflow names it as what can be dropped', async () => {
    const big = (n: number): string => `<<EDIT(known:///${n}.md):${'many words here '.repeat(700)}:EDIT`;
    world = await openWorld({
      mock: { contextSize: WINDOW, countTokens: boundTokenizer.count },
      settings: { maxStrikes: 10 },
      replies: [turn(big(1)), turn(big(2)), turn('<<FIND(known:///**)::FIND'), done()],
    });
    const { runId } = await world.run('go');
    const texts = world
      .rows(runId)
      .filter(row => row.statusRx === 413)
      .map(row => must(row.rx));
    assert.equal(texts.length, 2);
    assert.doesNotMatch(must(texts[0]), /KILL/, 'nothing old is there yet');
    assert.match(must(texts[1]), /<<KILL\(log:\/\/\/1\/1\/\*\*\)::KILL/);
  });
});
