import { execFile } from 'node:child_process';
import type { MethodResult } from '@plurnk/protocol';
import type { Handler, RpcServices } from '../services.ts';
import { checkModels } from './check-models.ts';

type Check = MethodResult<'doctor'>['checks'][number];

const GIT_TIMEOUT_MS = 5000;

/** What a person needs to know when something does not work; never a secret (UI-55). */
export const doctor: Handler<'doctor'> = async (_params, services, signal) => ({
  checks: [
    ...(await checkModels(services.models, signal)),
    await checkGit(signal),
    ...checksOfRuntimes(services),
    checkStorage(services),
    ...services.notices().map((message): Check => ({ name: 'settings', level: 'warn', message })),
  ],
});

function checkGit(signal: AbortSignal): Promise<Check> {
  return new Promise(resolve => {
    execFile('git', ['--version'], { signal, timeout: GIT_TIMEOUT_MS, windowsHide: true }, (error, stdout) => {
      if (error === null) resolve({ name: 'git', level: 'ok', message: stdout.trim() });
      else resolve({ name: 'git', level: 'warn', message: 'git was not found; files are listed without it.' });
    });
  });
}

function checksOfRuntimes({ operations }: RpcServices): Check[] {
  return operations.runtimes().map(({ name, available, reason }) => ({
    name: `runtime ${name}`,
    level: available ? 'ok' : 'warn',
    message: available ? 'is available' : (reason ?? 'is not available'),
  }));
}

function checkStorage({ store }: RpcServices): Check {
  const { state, message, notices } = store.health();
  const { disk, sessions } = store.maintenance.sizes();
  const size = `${sessions} sessions, ${(disk / 2 ** 20).toFixed(1)} MB on disk`;
  const said = [message, ...notices].filter(sentence => sentence !== null).join(' ');
  return {
    name: 'database',
    level: state === 'ok' ? 'ok' : 'error',
    message: said === '' ? `is written safely; ${size}` : `${said} (${size})`,
  };
}
