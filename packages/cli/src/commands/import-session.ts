import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { UsageError } from '../arguments.ts';
import type { Context } from '../context.ts';

/** Makes a session of an exported file; `--session` names it, `--root` is its workspace folder. */
export async function importSession({ client, terminal, args }: Context): Promise<number> {
  const [file] = args.rest;
  if (file === undefined) throw new UsageError('plurnk import needs the file.');
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  if (content === '') throw new Error(`${file} is empty.`);
  const name = args.session === null ? {} : { name: args.session };
  const made = await client.call('session.import', { content, ...name, projectRoot: resolve(args.root ?? '.') });
  if (args.json) terminal.message(JSON.stringify(made));
  else terminal.note(`made the session "${made.name}"`);
  return 0;
}
