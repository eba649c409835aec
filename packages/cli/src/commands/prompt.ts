import type { PlurnkNotifications } from '@plurnk/protocol';
import type { Context } from '../context.ts';
import { Reviewer } from '../review.ts';
import { bodyOf, rowLine } from '../row-line.ts';
import { openSession } from '../session.ts';

export const CANCELLED = 130;

/** Works on a prompt until its loop ends; the exit code tells how. */
export async function prompt(context: Context): Promise<number> {
  const { client, terminal, args, env, interrupted } = context;
  const session = await openSession(client, args);
  const watcher = new LoopWatcher(context, new Reviewer(client, terminal, env));
  const started = await client.call('loop.run', {
    prompt: args.rest.join(' '),
    flags: { yolo: args.yolo, mode: args.ask ? 'ask' : 'act' },
    ...(args.model === null ? {} : { alias: args.model }),
    ...(args.maxTurns === null ? {} : { maxTurns: args.maxTurns }),
  });
  if ('status' in started) throw new Error(started.error);
  terminal.note(terminal.paint('dim', `session ${session.name}`));
  interrupted(() => void client.call('loop.cancel', { runId: started.modelRunId }).catch(() => undefined));
  const end = await watcher.ended(started.loopId);
  terminal.note(summary(context, end));
  return exitCode(end.finalStatus);
}

export function exitCode(status: number): number {
  if (status === 200) return 0;
  return status === 499 ? CANCELLED : 1;
}

/** Shows what a session does, and hands proposals to the reviewer. */
export class LoopWatcher {
  readonly #context: Context;
  readonly #ends = new Map<number, PlurnkNotifications['loop/terminated']>();
  readonly #waiting = new Map<number, (end: PlurnkNotifications['loop/terminated']) => void>();
  readonly #shown = new Map<number, number>();

  constructor(context: Context, reviewer: Reviewer) {
    this.#context = context;
    context.client.on(({ name, payload }) => {
      if (name === 'log/entry') {
        // The row tells it first: from now on a line is no answer any more.
        if (payload.entry.state !== 'proposed') reviewer.settled(payload.entry.id);
        this.#show(payload.entry);
      } else if (name === 'loop/proposal') reviewer.review(payload);
      else if (name === 'proposal/resolved') reviewer.settled(payload.logEntryId);
      else if (name === 'loop/terminated') this.#end(payload);
      else if (name === 'telemetry/event') this.#notice(payload.event);
    });
  }

  /** Resolves when the loop has a terminal status. */
  ended(loopId: number): Promise<PlurnkNotifications['loop/terminated']> {
    const end = this.#ends.get(loopId);
    return end === undefined ? new Promise(resolve => this.#waiting.set(loopId, resolve)) : Promise.resolve(end);
  }

  /** A row is shown when it comes and once more when its status has changed. */
  #show(entry: PlurnkNotifications['log/entry']['entry']): void {
    const { terminal, args } = this.#context;
    if (this.#shown.get(entry.id) === entry.status_rx) return;
    const isNew = !this.#shown.has(entry.id);
    this.#shown.set(entry.id, entry.status_rx);
    if (args.json) terminal.message(JSON.stringify(entry));
    else if (entry.op !== 'SEND' || entry.pathname !== null || entry.origin !== 'model')
      terminal.note(rowLine(terminal, entry));
    else if (isNew) terminal.message(bodyOf(entry));
  }

  #notice({ level, message }: PlurnkNotifications['telemetry/event']['event']): void {
    const { terminal } = this.#context;
    if (level !== 'info' && message !== undefined) terminal.note(terminal.paint('yellow', message));
  }

  #end(end: PlurnkNotifications['loop/terminated']): void {
    this.#ends.set(end.loopId, end);
    this.#waiting.get(end.loopId)?.(end);
  }
}

export function summary({ terminal }: Context, end: PlurnkNotifications['loop/terminated']): string {
  const { promptTokens, completionTokens, costPico } = end.usage;
  const cost = costPico === null ? '' : ` · $${(costPico / 1e12).toFixed(4)}`;
  const reason = end.reason === undefined ? '' : ` · ${end.reason}`;
  const line = `${end.finalStatus} · ${end.turnIds.length} turns · ${promptTokens} + ${completionTokens} tokens${cost}${reason}`;
  return terminal.paint(end.finalStatus === 200 ? 'green' : 'yellow', line);
}
