/** Signals to whole process groups. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** A killed process may still be on its way out (the system ends it when it next runs); one that hangs in a driver stays. */
const GONE_MS = 2000;

/** Name of a Unix signal number, or null when this system has none of that number. */
export function signalName(number: number): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found === undefined ? null : (found[0] as NodeJS.Signals);
}

/** Sends to every process of the group that `pid` leads; false when none is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true, stdio: 'ignore' }).on(
      'error',
      () => undefined,
    );
    return true;
  }
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Kills what is left of a group and resolves when nothing of it runs any more, at the latest after two seconds.
 * Costs nothing when the group is empty already.
 */
export async function endGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, 'SIGKILL') || process.platform === 'win32') return;
  const until = performance.now() + GONE_MS;
  for (let wait = 1; performance.now() < until; wait = Math.min(wait * 2, 50)) {
    await pause(wait);
    if (!isGroupThere(pid) || !(await isGroupRunning(pid))) return;
  }
}

/** Zombies count: they hold the group's number until somebody reaps them. */
function isGroupThere(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether a process of the group is no zombie; where the system does not tell, yes. */
async function isGroupRunning(group: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const numbers = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const stats = await Promise.all(numbers.map(number => readFile(`/proc/${number}/stat`, 'latin1').catch(() => '')));
  return stats.some(stat => {
    // The name before it may hold spaces and parentheses.
    const [state = 'X', , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(processGroup) === group && !'ZXx'.includes(state);
  });
}
