import * as vscode from 'vscode';
import type { Services } from '../context.ts';
import type { CommandHandler } from './command.ts';
import { fileCommands } from './file-commands.ts';
import { modelCommands } from './model-commands.ts';
import { reviewCommands } from './review-commands.ts';
import { scriptCommands } from './script-commands.ts';
import { sessionCommands } from './session-commands.ts';

/** Every command by its id; tests compare it with the manifest. */
export const COMMANDS = {
  ...sessionCommands,
  ...modelCommands,
  ...reviewCommands,
  ...fileCommands,
  ...scriptCommands,
} as const;

/** A command that fails says so in a sentence and leaves the rest to the log. */
export function registerCommands(services: Services): vscode.Disposable {
  const run = async (name: string, handler: CommandHandler, args: readonly unknown[]) => {
    try {
      return await handler(services, ...args);
    } catch (error) {
      services.log.error(`${name}: ${String(error)}`);
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const entries: [string, CommandHandler][] = Object.entries(COMMANDS);
  return vscode.Disposable.from(
    ...entries.map(([name, handler]) =>
      vscode.commands.registerCommand(name, (...args: unknown[]) => run(name, handler, args)),
    ),
  );
}
