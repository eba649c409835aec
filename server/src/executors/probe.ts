/** Whether a program can be started at all. */

import { spawn } from 'node:child_process';
import { deferred } from '../platform/deferred.ts';

const TIMEOUT_MS = 10_000;

export function probeProgram(
  file: string,
  args: readonly string[],
): Promise<{ readonly available: boolean; readonly reason: string | null }> {
  const { promise, resolve } = deferred<{ available: boolean; reason: string | null }>();
  const child = spawn(file, [...args], { stdio: 'ignore', timeout: TIMEOUT_MS, windowsHide: true });
  child.on('error', error => resolve({ available: false, reason: error.message }));
  child.on('close', code => {
    resolve(
      code === 0 ? { available: true, reason: null } : { available: false, reason: `${file} answered with ${code}` },
    );
  });
  return promise;
}
