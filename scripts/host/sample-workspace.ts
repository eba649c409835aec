import { cp, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './paths.ts';
import { mustRun } from './processes.ts';

/** A copy of the sample workspace in a temporary folder, a git repository with one commit. The caller removes it. */
export async function copySampleWorkspace(): Promise<string> {
  const folder = join(await realpath(await mkdtemp(join(tmpdir(), 'plurnk-'))), 'sample-workspace');
  await cp(join(projectRoot, 'test/fixtures/sample-workspace'), folder, { recursive: true });
  const git = (...args: string[]) => mustRun('git', ['-c', 'init.defaultBranch=main', ...args], { cwd: folder });
  await git('init', '--quiet');
  await git('add', '--all');
  const author = ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.com', '-c', 'commit.gpgsign=false'];
  await git(...author, 'commit', '--quiet', '--message', 'Start');
  return folder;
}
