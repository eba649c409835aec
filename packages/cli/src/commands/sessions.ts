import type { Context } from '../context.ts';

export async function sessions({ client, terminal, args }: Context): Promise<number> {
  const { sessions: all } = await client.call('session.list', {});
  for (const session of all) {
    if (args.json) terminal.message(JSON.stringify(session));
    else
      terminal.message(
        `${session.name}  ${session.project_root ?? '–'}  ${session.turns} turns  ${new Date(session.updated_at).toISOString()}`,
      );
  }
  return 0;
}
