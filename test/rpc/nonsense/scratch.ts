import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Where the nonsense may write; it stands in a folder that must stay as it is. */
export interface Scratch {
  readonly workspace: string;
  readonly home: string;
  /** Content of everything around the workspace; the storage is not part of it. */
  readonly around: () => string;
}

export function makeScratch(folder: string): Scratch {
  const workspace = join(folder, 'workspace');
  const home = join(folder, 'home');
  for (const path of [join(workspace, 'src'), join(folder, 'outside'), home]) mkdirSync(path, { recursive: true });
  writeFileSync(join(workspace, 'README.md'), '# Scratch\n\nNothing here matters.\n');
  writeFileSync(join(workspace, 'src/a.ts'), 'export function a(): number {\n  return 1;\n}\n');
  writeFileSync(join(workspace, 'src/data.json'), '{"a": [1, 2, 3]}\n');
  writeFileSync(join(folder, 'outside.txt'), 'not yours\n');
  writeFileSync(join(folder, 'outside/inside.txt'), 'not yours either\n');
  symlinkSync('../outside', join(workspace, 'link'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace, env: { ...process.env, HOME: home } });
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message', 'start');
  return { workspace, home, around: () => digestOf(folder, new Set(['workspace', 'storage'])) };
}

/** What a nonsense-talker is made to aim at, so that it hits more than "no such entry". */
export const TARGETS: Readonly<Record<string, readonly string[]>> = {
  FIND: ['(**)', '(src/**)', '(known:///**)', '(run://self/**)', '(log:///**)', '(../**)'],
  READ: [
    '(README.md)',
    '(src/a.ts)<1,2>',
    '(known:///plan.md)',
    '(../outside.txt)',
    '(link/inside.txt)',
    '(run://helper)',
  ],
  EDIT: [
    '(README.md)',
    '(src/a.ts)<1>',
    '(new/file.md)',
    '(known:///plan.md)',
    '(../outside.txt)',
    '(link/inside.txt)',
    '(/etc/plurnk-nonsense)',
    '(file:///etc/plurnk-nonsense)',
  ],
  COPY: ['(README.md)', '(known:///plan.md)', '(run://helper)', '(run://other)', '(../outside.txt)'],
  MOVE: ['(README.md)', '(src/a.ts)', '(known:///plan.md)', '(../outside.txt)'],
  OPEN: ['(log:///1/1/*)', '(log:///**)'],
  FOLD: ['(log:///1/1/*)', '(log:///**)'],
  EXEC: ['[sh](.)', '[sh](src)', '[sh]<0>', '[node]', '[git]', '[sqlite]', '[sh](../outside)'],
  SEND: ['[102]', '[102]', '[102]', '[102]', '[102]', '[102]', '[200]', '[202]', '[499]'],
  KILL: ['(README.md)', '(known:///plan.md)', '(run://helper)', '(../outside.txt)', '(link/inside.txt)'],
};

/** Where a way out of the workspace would show. */
export function escapes(): string[] {
  return ['/etc/plurnk-nonsense'].filter(path => existsSync(path));
}

function digestOf(folder: string, skipped: ReadonlySet<string>): string {
  const lines = readdirSync(folder)
    .filter(name => !skipped.has(name))
    .sort()
    .flatMap(name => linesOf(join(folder, name)));
  return lines.join('\n');
}

function linesOf(path: string): string[] {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return [`${path} -> ${readlinkSync(path)}`];
  if (!stats.isDirectory()) return [`${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`];
  const inside = readdirSync(path).sort();
  return [`${path}/`, ...inside.flatMap(name => linesOf(join(path, name)))];
}
