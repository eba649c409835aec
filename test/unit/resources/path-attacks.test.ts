import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { decodePercent } from '../../../server/src/schemes/address.ts';
import { refusedPath } from '../../../server/src/workspace/paths.ts';
import { World, writeFiles } from './support/world.ts';

const ATTACKS: readonly (readonly [string, string])[] = [
  ['parent folders', '../outside.txt'],
  ['parent folders inside', 'src/../../outside.txt'],
  ['encoded dots', '%2e%2e/outside.txt'],
  ['encoded slash', '..%2Foutside.txt'],
  ['an absolute path', '/etc/passwd'],
  ['UNC', '\\\\server\\share\\x'],
  ['UNC with slashes', '//server/share/x'],
  ['a device name', 'src/NUL.txt'],
  ['a device name with number', 'COM1'],
  ['NUL', 'a%00b'],
  ["Git's folder", '.git/config'],
  ["Git's folder in capitals", '.GIT/hooks/pre-commit'],
  ["Git's folder with a trailing dot", '.git./config'],
  ["Git's folder with an invisible character", '.g\u200cit/config'],
  ["Git's folder as a short name", 'git~1/config'],
  ["Git's folder as a stream", '.git::$INDEX_ALLOCATION/config'],
  ["Git's folder with a backslash", 'src\\..\\.git\\config'],
];

describe('[RL-13] path attacks', () => {
  let world: World;
  before(async () => {
    world = await World.make({ files: { 'src/a.ts': 'a' } });
    await writeFiles(world.folder, { 'outside.txt': 'outside' });
  });
  after(() => world.dispose());

  for (const [name, target] of ATTACKS) {
    it(`[RL-13] [RES-3] ${name}: READ and EDIT are 403, nothing is made`, async () => {
      assert.equal(await world.status(`<<READ(${target}):READ`), 403);
      assert.equal(await world.status(`<<EDIT(${target}):x:EDIT`), 403);
      assert.equal(await world.status(`<<COPY(src/a.ts):${target}:COPY`), 403);
      assert.equal(await world.status(`<<MOVE(src/a.ts):${target}:MOVE`), 403);
      assert.deepEqual(await readdir(world.root), ['.git', 'src']);
    });
  }

  it('[RL-13] file:/// of a system path is below the root and absent', async () => {
    assert.equal(await world.status('<<READ(file:///etc/passwd):READ'), 404);
    assert.equal(await world.status('<<READ(file:///../outside.txt):READ'), 403);
  });

  it('[RL-13] look-alikes of a slash and of dots are ordinary characters', async () => {
    assert.equal(await world.status('<<READ(..\u2215outside.txt):READ'), 404);
    assert.equal(await world.status('<<READ(\u2025/outside.txt):READ'), 404);
  });

  it('[RL-13] a working folder outside is refused in every spelling', async () => {
    for (const target of ['..', '../', '/', '/tmp', '%2e%2e', 'src/../..', world.folder]) {
      assert.equal(await world.status(`<<EXEC(${target}):true:EXEC`), 403, target);
    }
  });

  it('[RES-3] the absolute path of a member is that member', async () => {
    assert.equal((await world.one(`<<READ(${path.join(world.root, 'src/a.ts')}):READ`)).target?.pathname, 'src/a.ts');
  });

  it('[RL-13] odd names are not taken for attacks', () => {
    for (const name of [
      '..a/b',
      'a..b',
      '...',
      'console.ts',
      'nullable.ts',
      'com.example/x',
      '.gitignore',
      '.github/x',
      'a\u200db',
    ]) {
      assert.equal(refusedPath(name), null, name);
    }
  });

  it('[RES-3] what is no valid percent sequence stays as it is', () => {
    assert.equal(decodePercent('100%'), '100%');
    assert.equal(decodePercent('a%20b%zz%29'), 'a b%zz)');
    assert.equal(decodePercent('%E2%82%AC%FF'), '%E2%82%AC%FF'.replace('%E2%82%AC%FF', '%E2%82%AC%FF'));
  });
});
