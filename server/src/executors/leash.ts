/**
 * Ends process groups when the server dies without a chance to do it itself (RL-5). A shell of a few lines holds a pipe
 * to the server and the numbers of the live groups; at the pipe's end it kills what is left.
 */
import { type ChildProcess, spawn } from 'node:child_process';

const SCRIPT = `
groups=""
while read -r what group; do
  if [ "$what" = "+" ]; then groups="$groups $group"; continue; fi
  kept=""
  for one in $groups; do [ "$one" = "$group" ] || kept="$kept $one"; done
  groups="$kept"
done
for one in $groups; do kill -s KILL -- "-$one" 2>/dev/null; done
`;

export class Leash {
  #shell: ChildProcess | null = null;

  hold(group: number): void {
    this.#tell(`+ ${group}\n`);
  }

  release(group: number): void {
    if (this.#shell !== null) this.#tell(`- ${group}\n`);
  }

  /** Every group that is still held is killed. */
  close(): void {
    this.#shell?.stdin?.end();
    this.#shell = null;
  }

  #tell(line: string): void {
    if (process.platform === 'win32') return;
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(line);
  }

  /** In a group of its own, so that a signal to the server's group does not reach it. It never keeps the server alive. */
  #start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      cwd: '/',
      env: { PATH: process.env.PATH ?? '' },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const gone = (): void => {
      if (this.#shell === shell) this.#shell = null;
    };
    shell.on('error', gone);
    shell.on('exit', gone);
    shell.stdin?.on('error', gone);
    shell.unref();
    if (shell.stdin !== null && 'unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
    return shell;
  }
}
