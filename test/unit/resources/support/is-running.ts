import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process is there and no zombie: a zombie answers signals until its parent looks after it. */
export function isRunning(pid: number): boolean {
  try {
    return !/^[ZXx]/.test(stateOf(pid));
  } catch {
    return false;
  }
}

function stateOf(pid: number): string {
  if (process.platform !== 'linux')
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2);
}
