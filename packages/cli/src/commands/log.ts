import type { Context } from '../context.ts';
import { bodyOf, rowLine } from '../row-line.ts';
import { chooseRun, existingSession } from '../session.ts';

const PAGE = 1000;

/** All rows of a run. */
export async function log({ client, terminal, args }: Context): Promise<number> {
  await existingSession(client, args);
  const runId = await chooseRun(client, args);
  let sinceId = 0;
  for (;;) {
    const { entries } = await client.call('log.read', { runId, sinceId, limit: PAGE });
    for (const entry of entries) {
      if (args.json) terminal.message(JSON.stringify(entry));
      else
        terminal.message(
          entry.op === 'SEND' ? `${rowLine(terminal, entry)}\n${bodyOf(entry)}` : rowLine(terminal, entry),
        );
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return 0;
    sinceId = last.id;
  }
}
