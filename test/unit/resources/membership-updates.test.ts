import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { createGit } from '../../../server/src/workspace/git.ts';
import { listRepo } from '../../../server/src/workspace/listing.ts';
import { git, tempFolder, World } from './support/world.ts';

const FOLDERS = ['', 'a', 'a/b', 'c [x]', 'ignored', 'a/ignored', 'd/e/f'];
const NAMES = ['one.ts', 'two.log', 'th*ee.ts', '.gitignore'];

const step = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    folder: fc.constantFrom(...FOLDERS),
    name: fc.constantFrom(...NAMES),
  }),
  fc.record({
    kind: fc.constant('remove' as const),
    folder: fc.constantFrom(...FOLDERS),
    name: fc.constantFrom(...NAMES),
  }),
  fc.record({
    kind: fc.constant('mkdir' as const),
    folder: fc.constantFrom(...FOLDERS),
    name: fc.constantFrom('sub', 'sub/deep'),
  }),
  fc.record({
    kind: fc.constant('rmdir' as const),
    folder: fc.constantFrom(...FOLDERS.slice(1)),
    name: fc.constant(''),
  }),
  fc.record({
    kind: fc.constant('move' as const),
    folder: fc.constantFrom(...FOLDERS.slice(1)),
    name: fc.constantFrom('moved', 'a/moved'),
  }),
  fc.record({
    kind: fc.constant('link' as const),
    folder: fc.constantFrom(...FOLDERS),
    name: fc.constantFrom('l1', 'l2'),
  }),
  fc.record({ kind: fc.constant('add' as const), folder: fc.constant(''), name: fc.constant('') }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function apply(root: string, { kind, folder, name }: Step): Promise<void> {
  const at = path.join(root, folder, name);
  if (kind === 'write') {
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(at, name === '.gitignore' ? '*.log\n' : name);
  } else if (kind === 'remove') await rm(at, { force: true });
  else if (kind === 'mkdir') await mkdir(at, { recursive: true });
  else if (kind === 'rmdir') await rm(path.join(root, folder), { recursive: true, force: true });
  else if (kind === 'add') await git(root, 'add', '-A');
  else if (kind === 'link') await symlink('one.ts', at).catch(() => undefined);
  else if (existsSync(path.join(root, folder)) && !existsSync(path.join(root, name))) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await rename(path.join(root, folder), path.join(root, name)).catch(() => undefined);
  }
}

describe('membership kept up to date', () => {
  it('[RES-60] [RES-61] folder by folder it is what a new listing says, whatever happens', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        async rounds => {
          const root = await tempFolder();
          try {
            await git(root, 'init', '-q');
            await apply(root, { kind: 'write', folder: '', name: 'one.ts' });
            await writeFile(path.join(root, '.gitignore'), 'ignored/\n');
            await git(root, 'add', '-A');
            const request = { root, git: createGit(), excludes: [], now: () => Date.now() };
            let kept = await listRepo(request);
            for (const round of rounds) {
              for (const one of round) await apply(root, one);
              if (!kept.holds() && !(await kept.refresh?.())) kept = await listRepo(request);
              const fresh = await listRepo(request);
              assert.deepEqual(kept.paths, fresh.paths);
              assert.deepEqual([...kept.links].sort(), [...fresh.links].sort());
            }
          } finally {
            await rm(root, { recursive: true, force: true });
          }
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });

  it('[RES-61] a new file costs one look of Git at its folder, not at the workspace', async () => {
    const asked: string[][] = [];
    const real = createGit();
    const world = await World.make({
      files: { 'a/x.ts': 'x', 'b/y.ts': 'y' },
      workspace: {
        now: () => Date.now() + 60_000,
        git: {
          run: (cwd, args, stdin) => {
            asked.push([...args]);
            return real.run(cwd, args, stdin);
          },
        },
      },
    });
    await world.workspace.members(world.session.id);
    asked.length = 0;
    await writeFile(world.file('a/new.ts'), 'n');
    assert.deepEqual(await world.workspace.members(world.session.id), ['a/new.ts', 'a/x.ts', 'b/y.ts']);
    assert.deepEqual(
      asked.map(args => args.slice(args.indexOf('--') + 1)),
      [[':(glob)a/*']],
    );
    await world.dispose();
  });
});
