import { readFile } from 'node:fs/promises';
import { ERROR_CODES } from '@plurnk/protocol';
import { UsageError } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CallError } from '../daemon-client.ts';
import { Reviewer } from '../review.ts';
import { rowLine } from '../row-line.ts';
import { openSession } from '../session.ts';
import { CANCELLED } from './prompt.ts';

/** Executes a script of operations; the exit code is 1 when one of them failed. Ctrl-C ends it where it is. */
export async function runScript({ client, terminal, args, env, interrupted }: Context): Promise<number> {
  const [file] = args.rest;
  if (file === undefined) throw new UsageError('Name a script: plurnk run script.plk');
  const text = await readFile(file, 'utf8');
  const { id } = await openSession(client, args);
  const reviewer = new Reviewer(client, terminal, env);
  client.on(({ name, payload }) => {
    if (name === 'loop/proposal') decide(payload);
    else if (name === 'proposal/resolved') reviewer.settled(payload.logEntryId);
  });
  const script = client.start('op.parse', { text });
  interrupted(script.cancel);
  const results = await script.answer.then(answer => answer.results, cancelledOnly);
  if (results === null) return CANCELLED;
  for (const result of results) {
    if ('error' in result)
      terminal.message(`${result.status} ${result.position.line}:${result.position.column} ${result.error}`);
    else for (const entry of result.entries) terminal.message(entryText(entry));
  }
  terminal.note(terminal.paint('dim', `session ${id}`));
  return results.some(result => result.status >= 400) ? 1 : 0;

  function decide(proposal: Parameters<Reviewer['review']>[0]): void {
    if (!args.yolo) reviewer.review(proposal);
    else
      void client.call('loop.resolve', { logEntryId: proposal.logEntryId, decision: 'accept' }).catch(() => undefined);
  }

  function entryText(entry: Parameters<typeof rowLine>[1]): string {
    if (args.json) return JSON.stringify(entry);
    const body =
      entry.rx === null ? '' : `\n${typeof entry.rx === 'string' ? entry.rx : JSON.stringify(entry.rx, null, 2)}`;
    return `${rowLine(terminal, entry)}${body}`;
  }
}

function cancelledOnly(error: unknown): null {
  if (error instanceof CallError && error.code === ERROR_CODES.cancelled) return null;
  throw error;
}
