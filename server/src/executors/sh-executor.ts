/** The user's shell. */
import path from 'node:path';
import type { Executor } from './contract.ts';
import { probeProgram } from './probe.ts';

const POSIX_SHELLS = ['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash', 'fish'];

function userShell(environment: NodeJS.ProcessEnv): string {
  const own = environment.SHELL;
  return own !== undefined && POSIX_SHELLS.includes(path.basename(own)) ? own : '/bin/sh';
}

export function shExecutor(
  environment: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): Executor {
  const windows = platform === 'win32';
  const file = windows ? (environment.ComSpec ?? 'cmd.exe') : userShell(environment);
  // Bash reads ~/.bashrc when its input is a socket, as if it came over the network; ours is one.
  const posix = path.basename(file) === 'bash' ? ['--norc', '-c'] : ['-c'];
  const args = (command: string): string[] => (windows ? ['/d', '/s', '/c', `"${command}"`] : [...posix, command]);
  return {
    runtime: 'sh',
    example: '<<EXEC[sh](packages/app)<120>:npm test:EXEC  a shell command in a folder, at most 120 s',
    doc: `Runs a command with the user's shell. It proposes, then runs in the background: output grows in
sh:///<loop>/<turn>/<seq> (stdout) and …#stderr. <T> is its lifetime in seconds, <0> until the next turn, none until the
run ends; <T,P> also wakes a parked run every P seconds. SEND[200](sh:///1/2/3):text types a line into it, KILL ends it,
KILL[15] sends exactly that signal.`,
    effect: () => 'host',
    probe: () => probeProgram(file, args('exit 0')),
    invocation: command => ({ file, args: args(command), verbatim: windows }),
  };
}
