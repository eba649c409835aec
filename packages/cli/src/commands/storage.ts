import type { Context } from '../context.ts';

export async function storage({ client, terminal, args }: Context): Promise<number> {
  if (args.compact) {
    const { removed, before, after } = await client.call('storage.compact', {});
    terminal.note(`${removed} texts that nothing needs were removed: ${megabytes(before)} → ${megabytes(after)}`);
  }
  const status = await client.call('storage.status', {});
  if (args.json) terminal.message(JSON.stringify(status));
  else
    terminal.message(
      `${status.sessions} sessions, ${status.turns} turns, ${status.rows} rows, ${status.entries} entries, ${status.texts} texts; ${megabytes(status.disk)} on disk, ${megabytes(status.memory)} in memory`,
    );
  return 0;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
