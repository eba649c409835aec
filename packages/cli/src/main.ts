#!/usr/bin/env node
import { PROTOCOL_VERSION } from '@plurnk/protocol';
import { type Arguments, type CommandName, HELP, readArguments, UsageError } from './arguments.ts';
import { attach } from './commands/attach.ts';
import { exportSession } from './commands/export-session.ts';
import { importSession } from './commands/import-session.ts';
import { log } from './commands/log.ts';
import { packet } from './commands/packet.ts';
import { CANCELLED, prompt } from './commands/prompt.ts';
import { runScript } from './commands/run-script.ts';
import { sessions } from './commands/sessions.ts';
import { storage } from './commands/storage.ts';
import type { Context } from './context.ts';
import { connectDaemon } from './start-daemon.ts';
import { Terminal } from './terminal.ts';

/** Every command that talks to the daemon; each answers with the exit code. */
const COMMANDS = {
  prompt,
  attach,
  log,
  packet,
  run: runScript,
  export: exportSession,
  import: importSession,
  sessions,
  storage,
} satisfies Record<Exclude<CommandName, 'help' | 'version'>, (context: Context) => Promise<number>>;

const terminal = new Terminal({
  input: process.stdin,
  output: process.stdout,
  error: process.stderr,
  env: process.env,
});
process.exit(await main());

async function main(): Promise<number> {
  try {
    const args = readArguments(process.argv.slice(2));
    if (args.command === 'help') terminal.raw(HELP);
    else if (args.command === 'version') terminal.message(PROTOCOL_VERSION);
    else return await withDaemon(args, COMMANDS[args.command]);
    return 0;
  } catch (error) {
    terminal.note(error instanceof Error ? error.message : String(error));
    if (error instanceof UsageError) terminal.note('`plurnk --help` lists what there is.');
    return 1;
  }
}

async function withDaemon(args: Arguments, work: (context: Context) => Promise<number>): Promise<number> {
  const client = await connectDaemon({
    url: args.url,
    token: args.token,
    env: process.env,
    onStarted: pid => terminal.note(terminal.paint('dim', `started the daemon (process ${pid})`)),
  });
  try {
    return await work({ client, terminal, args, env: process.env, interrupted: onInterrupt() });
  } finally {
    client.close();
    terminal.close();
  }
}

/** The first Ctrl-C does what the command asks for, the second ends the program; asking again begins anew. */
function onInterrupt(): (work: () => void) => void {
  let [first, cancel] = [true, (): void => process.exit(CANCELLED)];
  process.on('SIGINT', () => {
    if (!first) process.exit(CANCELLED);
    first = false;
    cancel();
  });
  return work => {
    first = true;
    cancel = work;
  };
}
