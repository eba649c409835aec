import { parseArgs } from 'node:util';
import { EXPORT_FORMATS } from '@plurnk/protocol';

export const COMMANDS = [
  'prompt',
  'attach',
  'log',
  'packet',
  'run',
  'export',
  'import',
  'sessions',
  'storage',
  'help',
  'version',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type CommandName = (typeof COMMANDS)[number];

export interface Arguments {
  readonly command: CommandName;
  /** What follows the command: the prompt, a file, a turn. */
  readonly rest: readonly string[];
  readonly session: string | null;
  readonly run: string | null;
  readonly model: string | null;
  readonly ask: boolean;
  readonly yolo: boolean;
  readonly maxTurns: number | null;
  readonly format: ExportFormat;
  readonly output: string | null;
  readonly url: string | null;
  readonly token: string | null;
  readonly root: string | null;
  readonly json: boolean;
  readonly compact: boolean;
}

/** A sentence for the person who typed something that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const OPTIONS = {
  session: { type: 'string', short: 's' },
  run: { type: 'string' },
  model: { type: 'string', short: 'm' },
  ask: { type: 'boolean', default: false },
  yolo: { type: 'boolean', default: false },
  'max-turns': { type: 'string' },
  format: { type: 'string', default: 'session' },
  output: { type: 'string', short: 'o' },
  url: { type: 'string' },
  token: { type: 'string' },
  root: { type: 'string' },
  json: { type: 'boolean', default: false },
  compact: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  const [first, ...others] = positionals;
  const isCommand = first !== undefined && (COMMANDS as readonly string[]).includes(first);
  const named = isCommand ? (first as CommandName) : 'prompt';
  const none = positionals.length === 0;
  const command = values.help || (none && !values.version) ? 'help' : values.version ? 'version' : named;
  const format = EXPORT_FORMATS.find(known => known === values.format);
  if (format === undefined) throw new UsageError(`--format is ${EXPORT_FORMATS.join(', ')}.`);
  return {
    command,
    rest: isCommand ? others : positionals,
    session: values.session ?? null,
    run: values.run ?? null,
    model: values.model ?? null,
    ask: values.ask,
    yolo: values.yolo,
    maxTurns: readTurns(values['max-turns']),
    format,
    output: values.output ?? null,
    url: values.url ?? null,
    token: values.token ?? null,
    root: values.root ?? null,
    json: values.json,
    compact: values.compact,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The arguments make no sense.');
  }
}

function readTurns(text: string | undefined): number | null {
  if (text === undefined) return null;
  const turns = Number(text);
  if (!Number.isInteger(turns) || turns < 1) throw new UsageError('--max-turns is a whole number of at least 1.');
  return turns;
}

export const HELP = `plurnk "prompt"            works on a prompt in this folder and shows what happens
plurnk attach              follows a session; what you type is a prompt
plurnk log                 rows of a session
plurnk packet [turn]       what a turn sent to the model (the last one by default)
plurnk run script.plk      executes a script of operations
plurnk export              writes a session to a file
plurnk import FILE         makes a session of such a file; of standard input with -
plurnk sessions            lists the sessions
plurnk storage             how large the database is; with --compact makes it smaller

  -s, --session NAME       the session to use; made when there is none of that name
      --run NAME           the run to show (log, packet)
  -m, --model ALIAS        the model, as configured, or "demo"
      --ask                read only: no changes, no commands
      --yolo               accept every change and command
      --max-turns N        stop after N turns
      --format session|jsonl|html  of an export: to import again, rows for scripts, one page to read
  -o, --output FILE        of an export; the name of the session by default, - for standard output
      --json               rows as JSON, one a line
      --root DIR           the workspace folder; this one by default
      --url URL            the daemon; started when none runs and none is named
      --token TOKEN        the daemon's token (or PLURNK_TOKEN)

A change is shown as a diff: a accepts, r rejects, e edits it first. Ctrl-C cancels the loop.
Messages of the model go to standard output, everything else to standard error.
The exit code is 0 when the loop ended well, 130 when it was cancelled, else 1.
`;
