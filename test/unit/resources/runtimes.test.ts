import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { bundledExecutors } from '../../../server/src/executors/executors.ts';
import { onlyReads } from '../../../server/src/executors/git-commands.ts';
import { sqlOnlyReads } from '../../../server/src/executors/sql-words.ts';
import { splitWords } from '../../../server/src/executors/words.ts';
import { type Asked, git, World } from './support/world.ts';

describe('runtimes', () => {
  let world: World;
  before(async () => {
    world = await World.make({ files: { 'src/a.ts': 'a\n' } });
    await world.streams.ready();
    const database = new DatabaseSync(world.file('app.db'));
    database.exec("create table t(a, b); insert into t values (1, 'x,y'), (2, null)");
    database.close();
  });
  after(() => world.dispose());

  /** Exit status and both channels of a command. */
  const run = async (
    op: string,
    asked: Asked = {},
  ): Promise<{ status: number; out: string; err: string; proposed: boolean }> => {
    const row = await world.one(op, asked);
    assert.equal(row.status, 102, row.rx ?? '');
    const { closeStatus } = await world.concluded(row);
    const text = async (channel: string): Promise<string> =>
      ((await world.one(`<<READ(exec://${row.target?.pathname}${channel}):READ`)).rx ?? '').replace(/^\d+:\t/gm, '');
    return {
      status: closeStatus ?? 0,
      out: await text(''),
      err: await text('#stderr'),
      proposed: row.proposal !== undefined,
    };
  };

  it('[RES-26] node runs in the folder and proposes', async () => {
    const answer = await run("<<EXEC[node](src):console.log(require('fs').readdirSync('.').join()):EXEC");
    assert.deepEqual(answer, { status: 200, out: 'a.ts', err: '', proposed: true });
  });

  it('[RES-26] python, if it is there, runs in the folder and proposes', async function () {
    if (world.streams.runtimes().find(runtime => runtime.name === 'python')?.available !== true) this.skip();
    const answer = await run("<<EXEC[python](src):import os; print(os.listdir('.')):EXEC");
    assert.deepEqual(answer, { status: 200, out: "['a.ts']", err: '', proposed: true });
  });

  it('[RES-26] sqlite in memory is pure: runs at once, results are CSV', async () => {
    const answer = await run(
      "<<EXEC[sqlite]:create table x(a,b); insert into x values (1,'p,q'); select * from x; select count(*) n from x:EXEC",
    );
    assert.deepEqual(answer, { status: 200, out: 'a,b\n1,"p,q"\nn\n1', err: '', proposed: false });
  });

  it('[RES-23] sqlite in memory cannot touch files, however it tries', async () => {
    const row = await run(
      `<<EXEC[sqlite]:attach '${world.file('made.db')}' as m; create table m.t(x); select load_extension('x'):EXEC`,
    );
    assert.notEqual(row.status, 200);
    assert.deepEqual(await world.find('<<FIND(made.db):FIND'), []);
  });

  it('[RES-26] sqlite on a file: SELECT runs at once and read-only, the rest proposes', async () => {
    const all = await run('<<EXEC[sqlite](app.db):select * from t order by a:EXEC');
    assert.deepEqual(all, { status: 200, out: 'a,b\n1,"x,y"\n2,', err: '', proposed: false });
    const hidden = await run('<<EXEC[sqlite](app.db):with x as (select 1) delete from t:EXEC');
    assert.match(hidden.err, /readonly/);
    assert.equal((await world.one('<<EXEC[sqlite](app.db):delete from t:EXEC', { answer: 'leave' })).status, 202);
    const written = await run('<<EXEC[sqlite](app.db):insert into t values (3, 4); select count(*) n from t:EXEC');
    assert.equal(written.out, 'n\n3');
    assert.equal(written.proposed, true);
    assert.equal(await world.status('<<EXEC[sqlite](../x.db):select 1:EXEC'), 403);
  });

  it('[RES-26] git reads at once, also when written with its name', async () => {
    assert.match((await run('<<EXEC[git]:git log --format=%s:EXEC')).out, /^first$/);
    assert.match((await run('<<EXEC[git](src):rev-parse --show-prefix:EXEC')).out, /^src\/$/);
    const failed = await run('<<EXEC[git]:show nonsense:EXEC');
    assert.equal(failed.status, 500);
    assert.match(failed.err, /nonsense/);
  });

  it('[RL-17] [RES-23] git commands that read start no program that the repository names', async () => {
    await git(world.root, 'config', 'diff.external', 'touch external-ran');
    await git(world.root, 'config', 'core.fsmonitor', 'touch fsmonitor-ran');
    await git(world.root, 'config', 'core.pager', 'touch pager-ran');
    await world.op('<<EDIT(src/a.ts):changed\n:EDIT');
    await run('<<EXEC[git]:diff:EXEC');
    await run('<<EXEC[git]:status:EXEC');
    await run('<<EXEC[git]:log -p:EXEC');
    assert.deepEqual(await world.find('<<FIND(#-ran$#):FIND'), []);
  });

  it('[RES-23] which git commands only read', () => {
    for (const command of [
      'status',
      'log -p',
      'diff HEAD~1',
      'show HEAD:a',
      'branch -a',
      'tag',
      'remote -v',
      'stash list',
      'reflog',
      'blame a',
    ]) {
      assert.equal(onlyReads(command.split(' ')), true, command);
    }
    for (const command of [
      '',
      'commit',
      'branch new',
      'branch -D x',
      'tag v1',
      'remote add x y',
      'stash',
      'stash drop',
      'reflog expire',
      'diff --output=x',
      'diff --no-index /etc/passwd x',
      'grep -O x',
      'log --show-signature',
      'log --format=%GG',
      'diff --ext-diff',
      '-c alias.x=!sh x',
      '-C / status',
      'checkout .',
      'config x y',
      'fetch',
    ]) {
      assert.equal(onlyReads(command.split(' ')), false, command);
    }
  });

  it('[RES-23] which SQL only reads', () => {
    for (const sql of ['select 1', ' -- c\nselect 1; values (1);', "select 'delete'", 'explain select 1', ''])
      assert.equal(sqlOnlyReads(sql), true, sql);
    for (const sql of [
      'delete from t',
      'select 1; drop table t',
      'pragma writable_schema=1',
      "attach 'x' as y",
      'vacuum into "x"',
    ]) {
      assert.equal(sqlOnlyReads(sql), false, sql);
    }
  });

  it('[RES-26] words of a command without a shell', () => {
    assert.deepEqual(splitWords(`a 'b c' "d \\" e" f\\ g ''`), { words: ['a', 'b c', 'd " e', 'f g', ''] });
    for (const command of ['a | b', 'a > b', 'a; b', 'a $(b)', 'a `b`', "a 'b"])
      assert.ok('problem' in splitWords(command), command);
  });

  it('[RES-26] [RES-50] every runtime says whether it is available and has a page', async () => {
    assert.deepEqual(
      world.streams.runtimes().map(runtime => runtime.name),
      ['sh', 'node', 'python', 'sqlite', 'git'],
    );
    for (const { name, example } of world.streams.runtimes()) {
      assert.ok(example.startsWith('<<EXEC'), name);
      assert.equal(await world.status(`<<READ(plurnk:///docs/${name}.md):READ`), 200);
    }
  });

  it('[RES-26] availability is probed once', async () => {
    let probes = 0;
    const counted = await World.make({
      executors: [
        {
          runtime: 'sh',
          example: '',
          doc: '',
          effect: () => 'pure',
          probe: async () => {
            probes++;
            return { available: true, reason: null };
          },
          invocation: command => ({ file: '/bin/sh', args: ['-c', command] }),
        },
      ],
    });
    await counted.concluded(await counted.one('<<EXEC:true:EXEC'));
    await counted.concluded(await counted.one('<<EXEC:true:EXEC'));
    assert.equal(probes, 1);
    await counted.dispose();
  });

  it('[PF-7] told to wait, it tries no runtime before one is asked for', async () => {
    const tried: string[] = [];
    const executors = bundledExecutors().map(executor => ({
      ...executor,
      probe: async () => {
        tried.push(executor.runtime);
        return { available: false, reason: 'not here' };
      },
    }));
    const later = await World.make({ streams: { executors, probeLater: true } });
    try {
      assert.deepEqual(tried, []);
      await later.streams.ready();
      assert.deepEqual(tried.sort(), executors.map(({ runtime }) => runtime).sort());
      assert.ok(later.streams.runtimes().every(({ available }) => !available));
    } finally {
      await later.dispose();
    }
  });
});
