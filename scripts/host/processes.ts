import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The end of a command: its exit code (null when a signal ended it) and everything it printed, both streams in order. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with every chunk as it arrives. */
  readonly onOutput?: (text: string) => void;
  /** Milliseconds after which the whole process group is killed. */
  readonly timeoutMs?: number;
}

/** Runs one command to its end. Never throws for a failing command; throws when it cannot be started. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const forget = killWithUs(child);
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      chunks.push(text);
      options.onOutput?.(text);
    });
  }
  let timedOut = false;
  const timer = options.timeoutMs
    ? setTimeout(() => {
        timedOut = true;
        killGroup(child, 'SIGKILL');
      }, options.timeoutMs)
    : undefined;
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (timedOut) chunks.push(`\nstopped after ${options.timeoutMs} ms\n`);
    return { code: timedOut ? null : code, output: chunks.join('') };
  } finally {
    clearTimeout(timer);
    forget();
  }
}

/** Runs one command and throws with its output when it does not exit with 0. */
export async function mustRun(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, output } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${code}:\n${output}`);
  return output;
}

/** Sends a signal to the process and everything it started (it must have been spawned `detached`). */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** Stops a detached child: TERM to its group, KILL after the grace period. Resolves when it has ended. */
export async function stopGroup(child: ChildProcess, graceMs = 3000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    killGroup(child, 'SIGKILL');
    return;
  }
  const ended = once(child, 'exit');
  killGroup(child, 'SIGTERM');
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
  killGroup(child, 'SIGKILL');
}

const living = new Set<ChildProcess>();
let armed = false;

/** Ties a detached child's life to ours: whatever ends us ends its group. Returns the function that unties it. */
export function killWithUs(child: ChildProcess): () => void {
  living.add(child);
  if (!armed) {
    armed = true;
    process.on('exit', () => {
      for (const each of living) killGroup(each, 'SIGKILL');
    });
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.on(signal, () => {
        // A caller that handles the signal itself ends us in its own time.
        if (process.listenerCount(signal) === 1) process.exit(code);
      });
    }
  }
  return () => living.delete(child);
}
