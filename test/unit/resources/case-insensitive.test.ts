import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createSystemLookup } from '../../../server/src/workspace/path-lookup.ts';
import { AnyCaseLookup } from './support/any-case-lookup.ts';
import { git, tempFolder, World, writeFiles } from './support/world.ts';

const FILES = {
  '.gitignore': '.env\n',
  '.env': 'KEY=secret\n',
  'src/a.ts': 'export const a = 1;\n',
  'docs/guide.md': '# Guide\n',
  'secrets/key.txt': 'secret\n',
};

describe('[RL-13] a file system that ignores case', () => {
  let world: World;
  const rule = (effect: 'hide' | 'view' | 'pick', glob: string): void => {
    world.store.constraints.add(world.session.id, effect, glob, Date.now());
    world.workspace.constraintsChanged(world.session.id);
  };
  beforeEach(async () => {
    world = await World.make({ files: FILES, workspace: { lookup: new AnyCaseLookup() } });
  });
  afterEach(() => world.dispose());

  it('[RL-13] [RES-3] another spelling of a member is that member', async () => {
    const row = await world.one('<<READ(SRC/A.ts):READ');
    assert.deepEqual([row.status, row.target?.pathname], [200, 'src/a.ts']);
    assert.equal(await world.status('<<EDIT(Src/a.TS)<1>:export const a = 2;:EDIT'), 200);
    assert.equal(readFileSync(world.file('src/a.ts'), 'utf8'), 'export const a = 2;\n');
    assert.deepEqual(await readdir(world.file('src')), ['a.ts']);
  });

  it('[RL-13] [RES-60] what is ignored or hidden does not exist under any spelling', async () => {
    rule('hide', 'secrets/**');
    for (const target of ['.ENV', '.Env', 'secrets/key.txt', 'SECRETS/KEY.txt', 'Secrets/key.TXT']) {
      assert.equal(await world.status(`<<READ(${target}):READ`), 404, target);
      assert.equal(await world.status(`<<EDIT(${target}):x:EDIT`), 403, target);
    }
    assert.equal(readFileSync(world.file('.env'), 'utf8'), 'KEY=secret\n');
  });

  it('[RL-13] [RES-60] rules hold for new paths under any spelling, also of folders that are not there yet', async () => {
    rule('hide', 'secrets/**');
    rule('hide', 'Private/**');
    rule('view', 'docs/**');
    for (const target of ['SECRETS/new.txt', 'secrets/NEW.txt', 'PRIVATE/x.txt', 'private/x.txt', 'DOCS/new.md'])
      assert.equal(await world.status(`<<EDIT(${target}):x:EDIT`), 403, target);
    assert.equal(await world.status('<<EDIT(DOCS/guide.md):x:EDIT'), 403);
    assert.equal(await world.status('<<READ(DOCS/guide.md):READ'), 200);
    assert.deepEqual((await readdir(world.root)).sort(), ['.env', '.git', '.gitignore', 'docs', 'secrets', 'src']);
  });

  it('[RL-13] [RES-60] a new file goes into the folder that is there', async () => {
    const row = await world.one('<<EDIT(SRC/New.ts):new\n:EDIT');
    assert.deepEqual([row.status, row.target?.pathname], [200, 'src/New.ts']);
    assert.deepEqual((await readdir(world.file('src'))).sort(), ['New.ts', 'a.ts']);
    assert.equal(await world.status('<<READ(src/new.ts):READ'), 200);
    assert.equal((await readdir(world.root)).includes('SRC'), false);
  });

  it('[RL-13] [RES-18] COPY and MOVE onto another spelling of the source change and lose nothing', async () => {
    assert.equal(await world.status('<<COPY(src/a.ts):src/A.ts:COPY'), 304);
    assert.equal(await world.status('<<MOVE(src/a.ts):SRC/A.TS:MOVE'), 304);
    assert.equal(readFileSync(world.file('src/a.ts'), 'utf8'), FILES['src/a.ts']);
  });

  it("[RL-13] Git's folder and what links lead to stay closed under any spelling", async () => {
    await writeFiles(world.folder, { 'outside/x.txt': 'outside' });
    symlinkSync(path.join(world.folder, 'outside'), world.file('way'));
    for (const target of ['.GIT/config', '.Git/hooks/x', 'WAY/x.txt', 'Way/new.txt']) {
      assert.equal(await world.status(`<<READ(${target}):READ`), 403, target);
      assert.equal(await world.status(`<<EDIT(${target}):x:EDIT`), 403, target);
    }
  });

  it('[RL-13] [RES-60] a file that Git knows under another case than the disk is one member', async () => {
    await git(world.root, 'config', 'core.ignorecase', 'true');
    renameSync(world.file('docs/guide.md'), world.file('docs/GUIDE.md'));
    const paths = (await world.find('<<FIND(docs/**):FIND')).map(item => item.path);
    assert.deepEqual(paths, ['docs/GUIDE.md']);
    assert.equal(await world.status('<<READ(docs/guide.md):READ'), 200);
  });
});

describe('[RL-13] names of the system', () => {
  it('[RL-13] the probe says what the file system of a folder does', async () => {
    const folder = await tempFolder();
    await writeFiles(folder, { 'probe.txt': '' });
    assert.equal(createSystemLookup().ignoresCase(folder), existsSync(path.join(folder, 'PROBE.TXT')));
    assert.equal(createSystemLookup().ignoresCase('/'), false);
  });

  it('[RL-13] [RES-60] a link into a hidden folder opens no way to write there', async () => {
    const world = await World.make({ files: FILES });
    try {
      symlinkSync(world.file('secrets'), world.file('way'));
      world.store.constraints.add(world.session.id, 'hide', 'secrets/**', Date.now());
      assert.equal(await world.status('<<EDIT(way/new.txt):x:EDIT'), 403);
      assert.equal(await world.status('<<READ(way/key.txt):READ'), 404);
      assert.deepEqual(await readdir(world.file('secrets')), ['key.txt']);
    } finally {
      await world.dispose();
    }
  });
});
