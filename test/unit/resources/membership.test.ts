import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createGit } from '../../../server/src/workspace/git.ts';
import { git, tempFolder, World, writeFiles } from './support/world.ts';

const members = (world: World): Promise<readonly string[]> => world.workspace.members(world.session.id);

describe('workspace membership', () => {
  let world: World | null = null;
  const make = async (...options: Parameters<typeof World.make>): Promise<World> => {
    world = await World.make(...options);
    return world;
  };
  afterEach(async () => {
    await world?.dispose();
    world = null;
  });

  it('[RES-60] members are tracked files and untracked ones that Git does not ignore', async () => {
    const made = await make({ files: { 'a.ts': 'a', '.gitignore': '*.log\nout/\n' } });
    await writeFiles(made.root, { 'new.ts': 'n', 'x.log': 'l', 'out/o.js': 'o', 'sub/deep/n.ts': 'd' });
    assert.deepEqual(await members(made), ['.gitignore', 'a.ts', 'new.ts', 'sub/deep/n.ts']);
  });

  it('[RES-60] a tracked file that Git ignores is a member; a tracked file that is gone is none', async () => {
    const made = await make({ files: { 'kept.log': 'k', 'gone.ts': 'g' } });
    await writeFiles(made.root, { '.gitignore': '*.log\n' });
    await rm(made.file('gone.ts'));
    assert.deepEqual(await members(made), ['.gitignore', 'kept.log']);
  });

  it('[RES-60] a change of .gitignore, of the index, and a new file in an empty folder are noticed', async () => {
    const made = await make({ files: { 'a.ts': 'a', '.gitignore': 'b.ts\n' } });
    await mkdir(made.file('empty/inner'), { recursive: true });
    await writeFiles(made.root, { 'b.ts': 'b' });
    assert.deepEqual(await members(made), ['.gitignore', 'a.ts']);
    await writeFiles(made.root, { '.gitignore': '\n' });
    assert.deepEqual(await members(made), ['.gitignore', 'a.ts', 'b.ts']);
    await writeFiles(made.root, { '.gitignore': 'b.ts\n', 'empty/inner/c.ts': 'c' });
    assert.deepEqual(await members(made), ['.gitignore', 'a.ts', 'empty/inner/c.ts']);
    await git(made.root, 'add', '-f', 'b.ts');
    assert.deepEqual(await members(made), ['.gitignore', 'a.ts', 'b.ts', 'empty/inner/c.ts']);
  });

  it('[RES-60] pick adds, hide removes, view makes read-only', async () => {
    const made = await make({ files: { 'a.ts': 'a', 'gen/g.ts': 'g', 'lib/l.ts': 'l', '.gitignore': 'dist/\n' } });
    await writeFiles(made.root, { 'dist/d.js': 'd', 'dist/e.js': 'e' });
    const { constraints } = made.store;
    constraints.add(made.session.id, 'pick', 'dist/d.js', 1);
    constraints.add(made.session.id, 'hide', 'gen', 1);
    constraints.add(made.session.id, 'view', 'lib/**', 1);
    assert.deepEqual(await members(made), ['.gitignore', 'a.ts', 'dist/d.js', 'lib/l.ts']);
    assert.equal(await made.status('<<EDIT(lib/l.ts):x:EDIT'), 403);
    assert.equal(await made.status('<<EDIT(lib/new.ts):x:EDIT'), 403);
    assert.equal(await made.status('<<READ(lib/l.ts):READ'), 200);
    assert.equal(await made.status('<<READ(gen/g.ts):READ'), 404);
    assert.equal(await made.status('<<EDIT(gen/g.ts):x:EDIT'), 403);
    assert.equal(await made.status('<<READ(dist/d.js):READ'), 200);
    constraints.remove(made.session.id, 'hide', 'gen');
    assert.equal(await made.status('<<READ(gen/g.ts):READ'), 200);
  });

  it('[RES-65] effects say member, view and hidden', async () => {
    const made = await make({ files: { 'a.ts': 'a', 'b.ts': 'b', 'c.ts': 'c' } });
    made.store.constraints.add(made.session.id, 'view', 'b.ts', 1);
    made.store.constraints.add(made.session.id, 'hide', '/c.ts', 1);
    const { members: effects, hidden } = await made.workspace.effects(made.session.id);
    assert.deepEqual(effects, [
      { path: 'a.ts', effect: 'member' },
      { path: 'b.ts', effect: 'view' },
    ]);
    assert.deepEqual(hidden, ['c.ts']);
  });

  it('[RES-60] without Git members are what the exclude settings leave', async () => {
    const made = await make({ git: false, files: { 'a.ts': 'a', 'node_modules/x/i.js': 'i', 'sub/b.ts': 'b' } });
    assert.deepEqual(await members(made), ['a.ts', 'sub/b.ts']);
    await writeFiles(made.root, { 'sub/c.ts': 'c' });
    assert.deepEqual(await members(made), ['a.ts', 'sub/b.ts', 'sub/c.ts']);
  });

  it('[RES-60] own exclude globs replace the default ones', async () => {
    const made = await make({
      git: false,
      files: { 'a.ts': 'a', 'tmp/t.ts': 't' },
      workspace: { excludes: () => ['**/tmp'] },
    });
    assert.deepEqual(await members(made), ['a.ts']);
  });

  it('[RES-60] a new path becomes a member when it is accepted, also one that Git ignores', async () => {
    const made = await make({ files: { '.gitignore': 'local.env\n' } });
    assert.equal(await made.status('<<EDIT(local.env):A=1:EDIT'), 200);
    assert.equal(await made.status('<<READ(local.env):READ'), 200);
  });

  it('[RES-60] a non-member that exists: READ and FIND 404 or nothing, EDIT 403 before a byte is shown', async () => {
    const made = await make({ files: { '.gitignore': 'secret.env\n' } });
    await writeFiles(made.root, { 'secret.env': 'TOKEN=abc' });
    assert.equal(await made.status('<<READ(secret.env):READ'), 404);
    assert.deepEqual(await made.find('<<FIND(secret.env):FIND'), []);
    assert.deepEqual(await made.find('<<FIND(**):#TOKEN#:FIND'), []);
    const row = await made.one('<<EDIT(secret.env)<1>:x:EDIT', { answer: 'leave' });
    assert.equal(row.status, 403);
    assert.equal(row.proposal, undefined);
    assert.doesNotMatch(JSON.stringify(row), /abc/);
    assert.equal(await made.status('<<COPY(secret.env):known:///s:COPY'), 404);
    assert.equal(await made.status('<<KILL(secret.env):KILL'), 403);
    assert.equal(await made.status('<<MOVE(secret.env):known:///s:MOVE'), 404);
  });

  it('[RES-60] submodules that are checked out, and worktrees', async () => {
    const other = await tempFolder();
    await writeFiles(other, { 'lib.ts': 'lib' });
    await git(other, 'init', '-q');
    await git(other, 'add', '-A');
    await git(other, 'commit', '-q', '-m', 'x');
    const made = await make({ files: { 'a.ts': 'a' } });
    await git(made.root, 'submodule', '--quiet', 'add', other, 'vendor/lib');
    assert.deepEqual(await members(made), ['.gitmodules', 'a.ts', 'vendor/lib/lib.ts']);
    await git(made.root, 'commit', '-q', '-m', 'sub');
    const tree = path.join(made.folder, 'tree');
    await git(made.root, 'worktree', 'add', '-q', tree, '-b', 'side');
    await writeFiles(tree, { 'only-here.ts': 'o' });
    const session = made.store.sessions.create({ name: 'tree', projectRoot: tree, settings: {}, at: 1 });
    assert.deepEqual(await made.workspace.members(session.id), ['.gitmodules', 'a.ts', 'only-here.ts']);
    await rm(other, { recursive: true, force: true });
  });

  it('[RES-60] a nested repository that was not declared is no part of the workspace until it is', async () => {
    const made = await make({ files: { 'a.ts': 'a' } });
    await writeFiles(made.root, { 'nested/n.ts': 'n' });
    await git(made.file('nested'), 'init', '-q');
    await git(made.file('nested'), 'add', '-A');
    await git(made.file('nested'), 'commit', '-q', '-m', 'x');
    assert.deepEqual(await members(made), ['a.ts']);
    made.store.constraints.add(made.session.id, 'repo', 'nested', 1);
    assert.deepEqual(await members(made), ['a.ts', 'nested/n.ts']);
  });

  it('[RES-3] [RES-60] a second root outside the first is reachable once it is declared', async () => {
    const made = await make({ files: { 'a.ts': 'a' } });
    await writeFiles(made.folder, { 'second/s.ts': 'second' });
    await git(path.join(made.folder, 'second'), 'init', '-q');
    assert.equal(await made.status('<<READ(../second/s.ts):READ'), 403);
    made.store.constraints.add(made.session.id, 'repo', path.join(made.folder, 'second'), 1);
    assert.deepEqual(await members(made), ['../second/s.ts', 'a.ts']);
    assert.equal(await made.status('<<READ(../second/s.ts):READ'), 200);
    assert.equal(await made.status(`<<READ(${path.join(made.folder, 'second/s.ts')}):READ`), 200);
    assert.equal(await made.status('<<EDIT(../second/s.ts):x:EDIT'), 200);
    assert.equal(await made.status('<<EXEC(../second):true:EXEC'), 102);
  });

  it('[RES-60] a root that is a subfolder of a repository shows only what is below it', async () => {
    const made = await make({ files: { 'top.ts': 't', 'pkg/p.ts': 'p', '.gitignore': 'ignored.ts\n' } });
    await writeFiles(made.root, { 'pkg/ignored.ts': 'i', 'pkg/q.ts': 'q' });
    const session = made.store.sessions.create({ name: 'pkg', projectRoot: made.file('pkg'), settings: {}, at: 1 });
    assert.deepEqual(await made.workspace.members(session.id), ['p.ts', 'q.ts']);
  });

  it('[RES-61] with nothing changed neither Git nor file contents are asked', async () => {
    let runs = 0;
    const real = createGit();
    const counting = {
      run: (...args: Parameters<typeof real.run>) => {
        runs++;
        return real.run(...args);
      },
    };
    const made = await make({
      files: { 'a.ts': 'a', 'b/c.ts': 'c' },
      workspace: { git: counting, now: () => Date.now() + 60_000 },
    });
    await made.workspace.sync(made.session.id);
    const before = runs;
    assert.ok(before > 0);
    await made.workspace.sync(made.session.id);
    await members(made);
    assert.equal(runs, before);
    await writeFile(made.file('b/new.ts'), 'n');
    assert.deepEqual(await members(made), ['a.ts', 'b/c.ts', 'b/new.ts']);
    assert.ok(runs > before);
  });

  it('[RL-17] an untrusted workspace starts no Git, writes nothing, runs nothing', async () => {
    const asked: string[] = [];
    const made = await make({
      files: { 'a.ts': 'a', 'node_modules/m.js': 'm' },
      workspace: {
        trusted: () => false,
        git: {
          run: async () => {
            asked.push('git');
            return { code: 1, stdout: Buffer.alloc(0), stderr: '' };
          },
        },
      },
      streams: { trusted: () => false },
    });
    assert.deepEqual(await members(made), ['a.ts']);
    assert.equal(await made.workspace.gitStatus(made.session.id), null);
    assert.equal((await made.one('<<EDIT(a.ts):x:EDIT')).outcome, 'untrusted');
    assert.equal((await made.one('<<EXEC:true:EXEC')).outcome, 'untrusted');
    assert.equal(await made.status('<<READ(a.ts):READ'), 200);
    assert.deepEqual(asked, []);
  });

  it('[RES-3] a link inside the workspace is followed, one that leads out or to a non-member is not', async () => {
    const made = await make({ files: { 'a.ts': 'inside', '.gitignore': 'secret\n' } });
    await writeFiles(made.folder, { 'outside.txt': 'outside' });
    await writeFiles(made.root, { secret: 'hidden' });
    await symlink('a.ts', made.file('good.ts'));
    await symlink('../outside.txt', made.file('bad.txt'));
    await symlink('secret', made.file('sneaky.txt'));
    await symlink('..', made.file('up'));
    await symlink('nowhere', made.file('dangling'));
    assert.equal(await made.status('<<READ(good.ts):READ'), 200);
    assert.equal(await made.status('<<READ(bad.txt):READ'), 403);
    assert.equal(await made.status('<<READ(up/outside.txt):READ'), 403);
    assert.equal(await made.status('<<EDIT(up/new.txt):x:EDIT'), 403);
    assert.equal(await made.status('<<READ(sneaky.txt):READ'), 404);
    assert.equal(await made.status('<<EDIT(sneaky.txt):x:EDIT'), 403);
    assert.equal(await made.status('<<EDIT(dangling):x:EDIT'), 403);
    assert.equal(await made.status('<<EXEC(up):true:EXEC'), 403);
    assert.deepEqual(await made.find('<<FIND(**):#outside|hidden#:FIND'), []);
    assert.equal(await made.status('<<EDIT(good.ts):changed:EDIT'), 200);
    assert.equal((await made.one('<<READ(a.ts):READ')).rx, '1:\tchanged');
  });
});
