import type { Services } from '../context.ts';

/** A command: gets the extension's parts and whatever the editor hands over. */
export type CommandHandler = (services: Services, ...args: readonly unknown[]) => unknown;
export type CommandGroup = Readonly<Record<string, CommandHandler>>;
