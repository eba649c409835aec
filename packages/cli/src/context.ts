import type { Arguments } from './arguments.ts';
import type { DaemonClient } from './daemon-client.ts';
import type { Terminal } from './terminal.ts';

/** What every command gets. */
export interface Context {
  readonly client: DaemonClient;
  readonly terminal: Terminal;
  readonly args: Arguments;
  readonly env: NodeJS.ProcessEnv;
  /** What Ctrl-C does from now on; a second one ends the program. */
  readonly interrupted: (work: () => void) => void;
}
