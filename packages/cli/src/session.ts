import { resolve } from 'node:path';
import { PROTOCOL_VERSION } from '@plurnk/protocol';
import type { Arguments } from './arguments.ts';
import type { DaemonClient } from './daemon-client.ts';

const RUN_NAME = 'cli';

/** Attaches to the named session, making it when there is none; without a name makes a fresh one. */
export async function openSession(client: DaemonClient, args: Arguments): Promise<{ id: number; name: string }> {
  if (args.session !== null) {
    const found = await findSession(client, args.session);
    if (found !== null) return client.call('session.attach', { id: found, runName: RUN_NAME });
  }
  return client.call('session.create', {
    ...(args.session === null ? {} : { name: args.session }),
    projectRoot: resolve(args.root ?? '.'),
    settings: { client: `plurnk-cli/${PROTOCOL_VERSION}` },
  });
}

/** Attaches to the named session, or to the newest; there must be one. */
export async function existingSession(client: DaemonClient, args: Arguments): Promise<{ id: number; name: string }> {
  const { sessions } = await client.call('session.list', {});
  const session = args.session === null ? sessions[0] : sessions.find(each => each.name === args.session);
  if (session === undefined) {
    throw new Error(
      args.session === null ? 'There is no session yet.' : `There is no session named "${args.session}".`,
    );
  }
  return client.call('session.attach', { id: session.id, runName: RUN_NAME });
}

async function findSession(client: DaemonClient, name: string): Promise<number | null> {
  const { sessions } = await client.call('session.list', {});
  return sessions.find(session => session.name === name)?.id ?? null;
}

/** The run to show: by name, else the conversation run, else the newest. */
export async function chooseRun(client: DaemonClient, args: Arguments): Promise<number> {
  const { runs } = await client.call('session.runs', {});
  const run =
    args.run === null
      ? (runs.findLast(each => each.origin === 'model') ?? runs[0])
      : runs.find(each => each.name === args.run);
  if (run === undefined)
    throw new Error(args.run === null ? 'The session has no run yet.' : `There is no run "${args.run}".`);
  return run.id;
}
