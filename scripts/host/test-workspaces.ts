import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copySampleWorkspace } from './sample-workspace.ts';

/**
 * `sample`: a copy of the sample workspace; `none`: a window without a folder; `folders`: the sample, a second folder and
 * one that nobody may write; `virtual`: one folder, on a file system of the extension of the tests.
 */
export type TestWorkspace = 'sample' | 'none' | 'folders' | 'virtual';

/** What to open, a folder or a workspace file, and how to take it away. */
export interface MadeWorkspace {
  readonly path: string | undefined;
  remove(): Promise<void>;
}

export async function makeTestWorkspace(kind: TestWorkspace): Promise<MadeWorkspace> {
  if (kind === 'none') return { path: undefined, remove: async () => {} };
  const sample = await copySampleWorkspace();
  const parent = dirname(sample);
  const remove = () => rm(parent, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (kind === 'sample') return { path: sample, remove };
  const folders =
    kind === 'virtual'
      ? [{ uri: 'plurnk-test:/', name: 'virtual' }]
      : [
          { path: sample },
          { path: await secondFolder(parent) },
          { path: await readOnlyFolder(parent), name: 'locked' },
        ];
  const path = join(parent, `${kind}.code-workspace`);
  await writeFile(path, JSON.stringify({ folders }));
  return { path, remove };
}

async function secondFolder(parent: string): Promise<string> {
  const folder = join(parent, 'second');
  await mkdir(folder);
  await writeFile(join(folder, 'note.txt'), 'from the second folder\n');
  return folder;
}

/** The superuser may write into any folder of a disk; the kernel's own are closed to everybody. */
async function readOnlyFolder(parent: string): Promise<string> {
  if (process.getuid?.() === 0) return '/proc/sys/kernel/random';
  const folder = join(parent, 'locked');
  await mkdir(folder);
  await writeFile(join(folder, 'poolsize'), '256\n');
  await chmod(folder, 0o555);
  return folder;
}
