import type { Context } from '../context.ts';
import { Reviewer } from '../review.ts';
import { existingSession } from '../session.ts';
import { LoopWatcher } from './prompt.ts';

/** Follows a session: what happens is shown, what is typed is a prompt, until the input ends. */
export async function attach(context: Context): Promise<number> {
  const { client, terminal, args, env, interrupted } = context;
  const session = await existingSession(client, args);
  const reviewer = new Reviewer(client, terminal, env);
  new LoopWatcher(context, reviewer);
  terminal.note(terminal.paint('dim', `session ${session.name}; a line is a prompt, the end of the input leaves`));
  const cancelLoop = (): void => void client.call('loop.cancel', {}).catch(() => undefined);
  interrupted(cancelLoop);
  const { proposals } = await client.call('proposal.list', {});
  for (const proposal of proposals) reviewer.review(proposal);
  for (let line = await terminal.line(); line !== null; line = await terminal.line()) {
    if (line.trim() === '') continue;
    interrupted(cancelLoop);
    const started = await client.call('loop.run', {
      prompt: line,
      flags: { yolo: args.yolo, mode: args.ask ? 'ask' : 'act' },
      ...(args.model === null ? {} : { alias: args.model }),
    });
    if ('status' in started) terminal.note(started.error);
  }
  return 0;
}
