import { UsageError } from '../arguments.ts';
import type { Context } from '../context.ts';
import { chooseRun, existingSession } from '../session.ts';

/** The packet of a turn, section by section, and what the model answered. */
export async function packet({ client, terminal, args }: Context): Promise<number> {
  await existingSession(client, args);
  const turnId = args.rest[0] === undefined ? await lastTurn() : readTurn(args.rest[0]);
  const { sections, emission, turn } = await client.call('packet.read', { turnId });
  if (args.json) {
    terminal.message(JSON.stringify({ turn, sections, emission }));
    return 0;
  }
  for (const section of sections) {
    terminal.message(terminal.paint('bold', `── ${section.slot} · ${section.name} · ${section.tokens} tokens`));
    terminal.message(section.content);
  }
  terminal.message(terminal.paint('bold', `── emission · ${turn.status}`));
  terminal.message(emission ?? '');
  return 0;

  async function lastTurn(): Promise<number> {
    const { turns } = await client.call('run.turns', { runId: await chooseRun(client, args) });
    const last = turns.at(-1);
    if (last === undefined) throw new Error('The run has no turn yet.');
    return last.id;
  }
}

function readTurn(text: string): number {
  const turn = Number(text);
  if (!Number.isInteger(turn) || turn < 1) throw new UsageError('A turn is a number, as `plurnk log --json` shows it.');
  return turn;
}
