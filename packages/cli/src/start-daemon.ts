import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '@plurnk/protocol';
import { DaemonClient } from './daemon-client.ts';

export interface DaemonOptions {
  readonly url: string | null;
  readonly token: string | null;
  readonly env: NodeJS.ProcessEnv;
  /** Told when a daemon had to be started. */
  readonly onStarted: (pid: number) => void;
}

/** A daemon that we started stops by itself after so long without clients. */
const IDLE_EXIT_MS = 600_000;

/** Connects to the daemon of this machine; starts it when none answers and none was named. */
export async function connectDaemon(options: DaemonOptions): Promise<DaemonClient> {
  const { env } = options;
  const { host, port, token: configured } = readSettings(env).values;
  const token = options.token ?? configured;
  const named = options.url ?? env.PLURNK_URL ?? null;
  try {
    return await DaemonClient.connect(named ?? `ws://${host}:${port}`, token);
  } catch (error) {
    if (named !== null || !isRefused(error)) throw error;
  }
  const { url, pid } = await startDaemon(env);
  options.onStarted(pid);
  return DaemonClient.connect(url, token);
}

function isRefused(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === 'ECONNREFUSED';
}

function startDaemon(env: NodeJS.ProcessEnv): Promise<{ url: string; pid: number }> {
  const child = spawn(process.execPath, daemonCommand(), {
    env: { PLURNK_IDLE_EXIT_MS: String(IDLE_EXIT_MS), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    let [output, trouble] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /^(ws:\/\/\S+)$/m.exec(output)?.[1];
      if (url === undefined) return;
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      resolve({ url, pid: child.pid ?? 0 });
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      trouble += text;
    });
    child.once('error', reject);
    child.once('exit', code => reject(new Error(trouble.trim() || `The daemon ended with code ${code}.`)));
  });
}

/** Beside this file when built; the source in a checkout. */
function daemonCommand(): string[] {
  const built = join(import.meta.dirname, 'daemon.js');
  if (existsSync(built)) return [built];
  return ['--conditions=plurnk-source', '--no-warnings', join(import.meta.dirname, '../../../server/src/daemon.ts')];
}
