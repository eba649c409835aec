import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from './both-doors.ts';
import type { TestClient } from './test-client.ts';

/** A session in which a loop has ended: something for every method to work on. */
export interface World {
  readonly client: TestClient;
  readonly workspace: string;
  readonly sessionId: number;
  readonly sessionName: string;
  readonly clientRunId: number;
  readonly modelRunId: number;
  readonly loopId: number;
  readonly turnIds: readonly number[];
}

/** Emissions of two loops; each loop has two turns, the second ends it. */
const LOOP = [
  '<<PLAN:Note it.:PLAN\n<<EDIT(known:///plan.md):first\nsecond\nthird:EDIT\n<<READ(hello.txt):READ\n<<SEND[102]:going on:SEND',
  '<<PLAN:Finish.:PLAN\n<<SEND[200]:all done:SEND',
];
const MANY = 40;

/** Scripts that answer as many loops as a suite can start. */
export const WORLD_SCRIPTS = { worker: Array.from({ length: MANY }, () => LOOP).flat() };

export function makeWorkspace(folder: string, name: string): string {
  const workspace = join(folder, name);
  mkdirSync(join(workspace, 'src'), { recursive: true });
  writeFileSync(join(workspace, 'hello.txt'), 'hello\nworld\n');
  writeFileSync(join(workspace, 'src/a.ts'), 'export const a = 1;\n');
  return workspace;
}

/** A file that is no text. */
const BINARY = Buffer.from([0x50, 0x00, 0x4e, 0x00]);

let count = 0;

export async function makeWorld({ place }: Pick<Door, 'place'>, client: TestClient): Promise<World> {
  count += 1;
  const workspace = makeWorkspace(place.folder, `workspace-${count}`);
  writeFileSync(join(workspace, 'picture.dat'), BINARY);
  const session = await client.call('session.create', { name: `world-${count}`, projectRoot: workspace });
  const started = await client.call('loop.run', { prompt: 'Note what hello.txt says' });
  if (!('loopId' in started)) throw new Error(started.error);
  const end = await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
  if (end.finalStatus !== 200) throw new Error(`the loop of the world ended with ${end.finalStatus}`);
  return {
    client,
    workspace,
    sessionId: session.id,
    sessionName: session.name,
    clientRunId: session.runId,
    modelRunId: started.modelRunId,
    loopId: started.loopId,
    turnIds: end.turnIds,
  };
}
