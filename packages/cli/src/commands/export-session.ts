import { writeFile } from 'node:fs/promises';
import type { Context } from '../context.ts';
import { existingSession } from '../session.ts';

export async function exportSession({ client, terminal, args }: Context): Promise<number> {
  const { id } = await existingSession(client, args);
  const { content, filename } = await client.call('session.export', { id, format: args.format });
  if (args.output === '-') {
    terminal.raw(content);
    return 0;
  }
  const file = args.output ?? filename;
  await writeFile(file, content);
  terminal.note(`wrote ${file}`);
  return 0;
}
