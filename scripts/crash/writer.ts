/**
 * The process that is killed: opens a store and commits from several callers at once, as the server does, telling each
 * commit only after it is durable. Arguments: folder, number of extra migrations, `snapshots` or `plain`.
 * Lines: `m` migrating, `r` ready, `s` snapshot begins, `e` it ended, `a <caller> <n>` acknowledged.
 */
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import { sourceStoreAssets } from '../../server/src/store/assets.ts';
import type { LogEntryId, NewLogRow, TurnRow } from '../../server/src/store/contract.ts';
import { openStore, type SqlStore } from '../../server/src/store/store.ts';
import { bodyOf, CALLERS } from './content.ts';
import { withExtras } from './migrations.ts';

const [folder = '', extras = '0', mode = 'plain'] = process.argv.slice(2);
const tell = (line: string) => void process.stdout.write(`${line}\n`);

tell('m');
const store = await openStore({
  folder,
  assets: sourceStoreAssets(),
  now: Date.now,
  migrations: withExtras(Number(extras)),
  limits: { bytes: 200_000 },
});
const turns = store.transaction(() => Array.from({ length: CALLERS }, (_, caller) => turnOf(store, caller)));
await store.durable();
tell('r');
const callers = turns.map((turn, caller) => write(store, turn, caller));
if (mode === 'snapshots') callers.push(snapshots(store));
await Promise.all(callers);

/** One session, and a run with one turn per caller; made in the first round. */
function turnOf(into: SqlStore, caller: number): TurnRow {
  const at = Date.now();
  const session =
    into.sessions.byName('crash') ?? into.sessions.create({ name: 'crash', projectRoot: null, settings: {}, at });
  const name = `caller-${caller}`;
  const known = into.runs.byName(session.id, name);
  if (known !== null) return into.turns.listRun(known.id)[0] as TurnRow;
  const run = into.runs.create({ sessionId: session.id, name, origin: 'client', parentRunId: null, at });
  const work = { runId: run.id, prompt: 'write', flags: DEFAULT_FLAGS, alias: null, maxTurns: -1, attrs: {}, at };
  const loop = into.loops.enqueue(work);
  return into.turns.open({ loopId: loop.id, runId: run.id, at });
}

async function write(into: SqlStore, turn: TurnRow, caller: number): Promise<never> {
  for (let n = Number(into.facts.get(`c${caller}`) ?? 0) + 1; ; n++) {
    into.transaction(() => {
      into.facts.set(`c${caller}`, n);
      const row = into.log.append(rowOf(turn, caller, n));
      if (n % 5 === 0) into.log.update((row.id - 1) as LogEntryId, { expanded: false });
      if (n % 7 === 0) into.blobs.put(bodyOf(caller, n).repeat(6));
    });
    await into.durable();
    tell(`a ${caller} ${n}`);
  }
}

function rowOf(turn: TurnRow, caller: number, n: number): NewLogRow {
  return {
    runId: turn.runId,
    loopId: turn.loopId,
    loopSeq: 1,
    turnId: turn.id,
    turnSeq: 1,
    sequence: n,
    at: Date.now(),
    origin: 'client',
    source: null,
    op: 'EDIT',
    suffix: '',
    signal: null,
    lineMarker: null,
    scheme: 'known',
    username: null,
    password: null,
    hostname: null,
    port: null,
    pathname: `/c${caller}/${n}`,
    params: {},
    fragment: null,
    tx: { body: bodyOf(caller, n) },
    mimetypeTx: null,
    rx: bodyOf(caller, n),
    mimetypeRx: null,
    statusRx: 200,
    tokens: 1,
    state: 'resolved',
    outcome: null,
    attrs: {},
    tags: [],
    expanded: true,
  };
}

async function snapshots(of: SqlStore): Promise<never> {
  for (let n = 0; ; n++) {
    tell('s');
    await of.database.snapshot({ compact: n % 3 === 2 });
    tell('e');
  }
}
