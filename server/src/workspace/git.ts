/** Read-only Git, run so that a repository's own configuration cannot start programs. */

import { spawn } from 'node:child_process';
import { deferred } from '../platform/deferred.ts';

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Git {
  /** Never throws: a missing Git answers with code 127. */
  run(cwd: string, args: readonly string[], stdin?: string): Promise<GitAnswer>;
}

/** Options that switch off what a hostile repository could use. */
export const SAFE_OPTIONS = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.quotepath=off',
  '-c',
  'core.untrackedCache=false',
];

export function gitEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...kept } = base;
  return { ...kept, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_PAGER: 'cat', LC_ALL: 'C' };
}

const TIMEOUT_MS = 30_000;

export function createGit(environment: NodeJS.ProcessEnv = process.env): Git {
  const env = gitEnvironment(environment);
  return {
    run(cwd, args, stdin) {
      const { promise, resolve } = deferred<GitAnswer>();
      const child = spawn('git', [...SAFE_OPTIONS, ...args], { cwd, env, timeout: TIMEOUT_MS, windowsHide: true });
      const [out, errors]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      child.stdin.on('error', () => undefined);
      child.on('error', error => resolve({ code: 127, stdout: Buffer.alloc(0), stderr: error.message }));
      child.on('close', code => {
        resolve({ code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(errors).toString('utf8') });
      });
      child.stdin.end(stdin ?? '');
      return promise;
    },
  };
}

/** Items of NUL-terminated output. */
export const nulSeparated = (output: Buffer): string[] =>
  output
    .toString('utf8')
    .split('\0')
    .filter(item => item !== '');
