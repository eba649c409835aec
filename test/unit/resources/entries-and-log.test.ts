import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addressOf, formatAddress } from '../../../server/src/schemes/address.ts';
import { parseOne, World, writeFiles } from './support/world.ts';

describe('fan-out, scratch, log, skills', () => {
  let world: World;
  const make = async (...options: Parameters<typeof World.make>): Promise<World> => {
    world = await World.make(...options);
    return world;
  };
  afterEach(() => world.dispose());

  const many = (count: number): { [name: string]: string } =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`f/${String(at).padStart(4, '0')}.txt`, `line ${at}\nneedle ${at}\n`]),
    );

  it('[RES-14] a matcher fans out: one row per match, each with its file and span', async () => {
    await make({ files: { 'a.ts': 'x\nTODO one\nTODO two\n', 'b.ts': 'TODO three' } });
    const rows = await world.op('<<READ(**):TODO*:READ');
    assert.deepEqual(
      rows.map(row => [row.target?.pathname, row.lineMarker?.marks, row.rx]),
      [
        ['a.ts', [2], '2:\tTODO one'],
        ['a.ts', [3], '3:\tTODO two'],
        ['b.ts', [1], '1:\tTODO three'],
      ],
    );
  });

  it('[RES-14] a folder, a glob and a #regex# target: one row per entry', async () => {
    await make({ files: { 'd/a.md': 'a', 'd/e/b.md': 'b', 'c.ts': 'c' } });
    const read = async (target: string): Promise<(string | null | undefined)[]> =>
      (await world.op(`<<READ(${target}):READ`)).map(row => row.target?.pathname);
    assert.deepEqual(await read('d/'), ['d/a.md', 'd/e/b.md']);
    assert.deepEqual(await read('*.ts'), ['c.ts']);
    assert.deepEqual(await read('#b\\.md$#'), ['d/e/b.md']);
    assert.deepEqual(
      (await world.op('<<READ(none/):READ')).map(row => row.status),
      [204],
    );
  });

  it('[RES-15] scopes: absolute, file:///, dot, brackets that are part of names', async () => {
    await make({ files: { 'app/[id]/page.tsx': 'x', 'app/i/page.tsx': 'y', 'other/[a]/z.ts': 'z' } });
    const found = async (target: string): Promise<string[]> =>
      (await world.find(`<<FIND(${target}):FIND`)).map(item => item.path);
    assert.deepEqual(await found(`${world.root}/app/**`), ['app/[id]/page.tsx', 'app/i/page.tsx']);
    assert.deepEqual(await found('file:///app/**'), ['app/[id]/page.tsx', 'app/i/page.tsx']);
    assert.deepEqual(await found('./app/'), ['app/[id]/page.tsx', 'app/i/page.tsx']);
    assert.equal((await found('.')).length, 3);
    assert.deepEqual(await found('app/[id]/page.tsx'), ['app/[id]/page.tsx']);
    assert.deepEqual(await found('app/[i]/page.tsx'), ['app/i/page.tsx']);
    assert.deepEqual(await found('other/[a]/**'), ['other/[a]/z.ts']);
  });

  it('[RES-14] a fan-out is bounded and says how to go on', async () => {
    await make({ files: many(520) });
    const rows = await world.op('<<READ(f/):#needle#:READ');
    assert.equal(rows.length, 501);
    assert.equal(rows.at(-1)?.status, 413);
    assert.match(rows.at(-1)?.rx ?? '', /20 more/);
    assert.equal((await world.op('<<READ(f/)<501,-1>:#needle#:READ')).length, 20);
  });

  it('[RES-15] the order is path ascending, then position; the same twice', async () => {
    await make({ files: { 'b.ts': 'x\nx', 'a.ts': 'x', 'Z.ts': 'x', 'a/z.ts': 'x' } });
    const found = async (): Promise<string[]> =>
      (await world.find('<<FIND(**):#x#:FIND')).map(item => `${item.path}:${item.matchSpan.lineStart}`);
    assert.deepEqual(await found(), ['Z.ts:1', 'a.ts:1', 'a/z.ts:1', 'b.ts:1', 'b.ts:2']);
    assert.deepEqual(await found(), await found());
  });

  it('[RES-16] identical spans once; a match over lines spans them', async () => {
    await make({ files: { 'a.ts': 'foo foo\nbar\n' } });
    const spans = async (matcher: string) =>
      (await world.find(`<<FIND(a.ts):${matcher}:FIND`)).map(item => item.matchSpan);
    assert.deepEqual(await spans('#foo#'), [{ lineStart: 1, lineEnd: 1 }]);
    assert.deepEqual(await spans('#foo\\nbar#'), [{ lineStart: 1, lineEnd: 2 }]);
    assert.deepEqual(await spans('#^bar$#'), [{ lineStart: 2, lineEnd: 2 }]);
  });

  it('[RES-42] a pathological expression is stopped with 504, and the next request works', async () => {
    await make({ files: { 'a.txt': `${'a'.repeat(60)}!\n` }, operations: {} });
    const quick = world.matching;
    const started = performance.now();
    const answer = await quick.matchMany(
      { dialect: 'regex', raw: '#(a+)+$#', pattern: '(a+)+$', flags: '' },
      [{ path: 'a.txt', mimetype: 'text/markdown', key: 'k', text: async () => `${'a'.repeat(60)}!` }],
      AbortSignal.timeout(1500),
    );
    assert.equal(answer.status, 504);
    assert.ok(performance.now() - started < 20_000);
    assert.equal((await world.find('<<FIND(**):#a#:FIND')).length, 1);
  });

  it('[RES-10] tags add up, and FIND filters by all of them', async () => {
    await make();
    await world.op('<<EDIT[a](known:///x):text:EDIT');
    await world.op('<<EDIT[b](known:///x):text:EDIT');
    assert.deepEqual((await world.find('<<FIND[a,b](known:///**):FIND'))[0].tags, ['a', 'b']);
    assert.equal(await world.status('<<READ[c](known:///x):READ'), 204);
    assert.equal(await world.status('<<READ[a](known:///x):READ'), 200);
  });

  it('[RES-18] COPY carries tags, a signal replaces them; MOVE takes the source away', async () => {
    await make();
    await world.op('<<EDIT[a](known:///x):one\ntwo\n:EDIT');
    await world.op('<<COPY(known:///x):known:///y:COPY');
    await world.op('<<COPY[z](known:///x)<2>:known:///w:COPY');
    await world.op('<<MOVE(known:///x):known:///v:MOVE');
    const all = await world.find('<<FIND(known:///**):FIND');
    assert.deepEqual(
      all.map(item => [item.path, item.tags]),
      [
        ['known:///v', ['a']],
        ['known:///w', ['z']],
        ['known:///y', ['a']],
      ],
    );
    assert.equal((await world.one('<<READ(known:///w):READ')).rx, '1:\ttwo');
  });

  it('[RES-5] the extension of an entry declares its type', async () => {
    await make();
    await world.op('<<EDIT(known:///a.json):{"a":1}:EDIT');
    await world.op('<<EDIT(known:///b.txt):x:EDIT');
    const all = await world.find('<<FIND(known:///**):FIND');
    assert.deepEqual(
      all.map(item => Object.values<{ mimetype: string }>(item.channels)[0]?.mimetype),
      ['application/json', 'text/markdown'],
    );
  });

  it('[RES-32] scratch: written and killed by its owner, read by all, listed in the own catalog', async () => {
    await make();
    const other = world.newRun('other');
    await world.op('<<EDIT(run://self/n.md):mine:EDIT');
    assert.equal((await world.one('<<READ(run://main/n.md):READ', { run: other })).rx, '1:\tmine');
    assert.equal((await world.find('<<FIND(run://main/**):FIND', { run: other })).length, 1);
    assert.deepEqual(await world.find('<<FIND(run://self/**):FIND', { run: other }), []);
    for (const op of [
      '<<EDIT(run://main/n.md):x:EDIT',
      '<<KILL(run://main/n.md):KILL',
      '<<MOVE(run://main/n.md):known:///n:MOVE',
    ]) {
      assert.equal(await world.status(op, { run: other }), 403, op);
    }
    assert.equal((await world.one('<<READ(run://SELF/n.md):READ')).rx, '1:\tmine');
  });

  it('[RES-30] [RES-31] control of runs goes to the engine', async () => {
    const calls: string[] = [];
    const note = (what: string) => async (first: string, second: unknown) => {
      calls.push(typeof second === 'string' ? `${what} ${first}: ${second}` : `${what} ${first}`);
      return { status: 200, rx: 'answer' };
    };
    await make({
      runs: {
        spawn: note('spawn'),
        fork: note('fork'),
        deliver: note('deliver'),
        cancel: note('cancel'),
        finalMessage: note('final'),
        list: () => [
          { name: 'b', status: 102 },
          { name: 'a', status: 200 },
        ],
      },
    });
    await world.op('<<COPY(run://worker):do it:COPY');
    await world.op('<<COPY(run://self):go on:COPY');
    await world.op('<<SEND[200](run://worker):more:SEND');
    await world.op('<<KILL(run://worker):KILL');
    assert.equal((await world.one('<<READ(run://worker):READ')).rx, '1:\tanswer');
    assert.deepEqual(calls, [
      'spawn worker: do it',
      'fork go on',
      'deliver worker: more',
      'cancel worker',
      'final worker',
    ]);
    assert.deepEqual(
      (await world.find('<<FIND(run://**):FIND')).map(item => item.path),
      ['run://a', 'run://b'],
    );
  });

  it('[RES-17] FOLD and OPEN select log rows by target, tag and matcher, and write no row', async () => {
    await make();
    await world.op('<<EDIT[k](known:///a):apple:EDIT');
    await world.op('<<EDIT(known:///b):banana:EDIT');
    await world.op('<<READ(known:///a):READ');
    const open = (): boolean[] => world.store.log.list(world.main.id).map(row => row.expanded);
    assert.deepEqual(await world.op('<<FOLD(log:///1/1/1):FOLD'), []);
    assert.deepEqual(open(), [false, true, true]);
    assert.deepEqual(await world.op('<<FOLD(log:///**):#banana#:FOLD'), []);
    assert.deepEqual(open(), [false, false, true]);
    assert.deepEqual(await world.op('<<OPEN(log:///1/**):OPEN'), []);
    assert.deepEqual(open(), [true, true, true]);
    assert.deepEqual(await world.op('<<FOLD[k](log:///**):FOLD'), []);
    assert.deepEqual(open(), [false, true, false]);
    assert.deepEqual(await world.op('<<OPEN(log:///1/*/1/EDIT):OPEN'), []);
    assert.deepEqual(open(), [true, true, false]);
    for (const set of ['log:///1/1/*', 'log:///1/1', 'log:///1/1/', 'log:///1', 'log:///**']) {
      assert.deepEqual(await world.op(`<<FOLD(${set}):FOLD`), [], set);
      assert.deepEqual(open(), [false, false, false], set);
      await world.op('<<OPEN(log:///**):OPEN');
    }
    assert.equal(await world.status('<<FOLD(log:///1/1/1/READ):FOLD'), 404);
    assert.equal(await world.status('<<FOLD(log:///2):FOLD'), 204);
  });

  it('[RES-19] KILL removes log rows, one or a pattern, of the own run only', async () => {
    await make();
    const other = world.newRun('other');
    for (const name of ['a', 'b', 'c']) await world.op(`<<EDIT(known:///${name}):x:EDIT`);
    assert.equal(await world.status('<<KILL(log:///1/1/1):KILL', { run: other }), 404);
    assert.equal(await world.status('<<KILL(log:///1/1/1):KILL'), 200);
    assert.equal(await world.status('<<READ(log:///1/1/1):READ'), 404);
    assert.equal(await world.status('<<KILL(log:///*/*/*/EDIT):KILL'), 200);
    assert.deepEqual(
      world.store.log.list(world.main.id).filter(row => row.op === 'EDIT'),
      [],
    );
  });

  it('[ENG-2] a run sees only its own log', async () => {
    await make();
    await world.op('<<EDIT(known:///a):secret of main:EDIT');
    const other = world.newRun('other');
    assert.deepEqual(await world.find('<<FIND(log:///**):#secret#:FIND', { run: other }), []);
  });

  it('[RES-15] sessions are apart', async () => {
    await make({ files: { 'a.ts': 'a' } });
    await world.op('<<EDIT(known:///a):x:EDIT');
    await world.reset();
    assert.deepEqual(await world.find('<<FIND(known:///**):FIND'), []);
  });

  it('[RES-1] skills of the workspace and the home folder, with descriptions; the client may write them', async () => {
    const made = await make({
      files: {
        '.plurnk/skills/review/SKILL.md': '---\nname: review\ndescription: How we review\n---\n# Review\n',
        '.plurnk/skills/review/list.md': 'one\n',
      },
    });
    await made.dispose();
    const home = path.join(made.folder, 'home');
    await writeFiles(home, {
      '.claude/skills/deploy/SKILL.md': '# Deploy it\n',
      '.claude/skills/review/SKILL.md': 'shadowed',
    });
    world = await World.make({
      files: {
        '.plurnk/skills/review/SKILL.md': '---\ndescription: How we review\n---\n# Review\n',
        '.plurnk/skills/review/list.md': 'one\n',
      },
      operations: { home },
    });
    const all = await world.find('<<FIND(skill:///**):FIND');
    assert.deepEqual(
      all.map(item => [item.path, item.description]),
      [
        ['skill:///deploy/SKILL.md', 'Deploy it'],
        ['skill:///review/SKILL.md', 'How we review'],
      ],
    );
    assert.match((await world.one('<<READ(skill:///review):READ')).rx ?? '', /# Review/);
    assert.match((await world.one('<<READ(skill://review/list.md):READ')).rx ?? '', /one/);
    assert.equal((await world.find('<<FIND(skill:///review/**):FIND')).length, 2);
    assert.equal(await world.status('<<READ(skill:///nope):READ'), 404);
    assert.equal(await world.status('<<EDIT(skill:///review/SKILL.md):x:EDIT'), 403);
    assert.equal(await world.status('<<EDIT(skill:///new/SKILL.md):# New:EDIT', { writer: 'client' }), 201);
    assert.match((await world.one('<<READ(skill:///new):READ')).rx ?? '', /# New/);
    assert.equal(await world.status('<<KILL(skill:///new/SKILL.md):KILL', { writer: 'client' }), 200);
    assert.equal(await world.status('<<READ(skill:///new):READ'), 404);
  });

  it('[RL-13] a skill cannot show or write what is outside its folder', async () => {
    const made = await make({ files: { '.plurnk/skills/s/SKILL.md': '# S\n' } });
    await writeFile(path.join(made.folder, 'outside.txt'), 'outside');
    await symlink(path.join(made.folder, 'outside.txt'), made.file('.plurnk/skills/s/link.txt'));
    await mkdir(made.file('.plurnk/skills/empty'));
    assert.equal(await made.status('<<READ(skill:///s/link.txt):READ'), 404);
    assert.equal(await made.status('<<READ(skill:///s/..%2F..%2F..%2Fx):READ'), 404);
    assert.equal(await made.status('<<EDIT(skill:///s/..%2F..%2Fx):y:EDIT', { writer: 'client' }), 403);
  });

  it('[RL-17] skills of an untrusted workspace do not exist', async () => {
    await make({
      files: { '.plurnk/skills/s/SKILL.md': '# S\n' },
      operations: { trusted: () => false, home: '/nonexistent' },
    });
    assert.deepEqual(await world.find('<<FIND(skill:///**):FIND'), []);
  });

  it('[RES-3] addresses that are shown can be written again', async () => {
    await make({ files: { 'a (1)/100%.txt': 'x', 'b<c>.txt': 'y', 'plain.txt': 'z' } });
    for (const item of await world.find('<<FIND(**):FIND'))
      assert.equal(await world.status(`<<READ(${item.path}):READ`), 200, item.path);
    await world.op('<<EDIT(known:///with%20space/%23hash%3F%29):x:EDIT');
    for (const item of await world.find('<<FIND(known:///**):FIND'))
      assert.equal(await world.status(`<<READ(${item.path}):READ`), 200, item.path);
  });

  it('[RES-2] what a row stores is split as the address is written', async () => {
    await make();
    const statement = parseOne('<<READ(known://a/b#body):READ');
    const address = statement.target === null ? null : addressOf(statement.target);
    assert.equal(address?.path, '/a/b');
    assert.equal(address?.channel, 'body');
    const target = world.operations.rowTarget(statement, world.context());
    assert.equal(target === null ? null : formatAddress(target), 'known:///a/b#body');
  });
});
