import assert from 'node:assert/strict';
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import type { Database } from '../../../server/src/store/database.ts';
import type { SqlValue } from '../../../server/src/store/journal-format.ts';
import { SqlStore } from '../../../server/src/store/store.ts';
import { AT, newFolder, newRow, openDatabase, removeFolders, seed } from './support.ts';

/** Notes every statement that goes through the database while a test works with the store. */
function spyOn(database: Database): Set<string> {
  const statements = new Set<string>();
  for (const name of ['all', 'get', 'run'] as const) {
    const original = database[name].bind(database) as (sql: string, params?: readonly SqlValue[]) => never;
    Object.defineProperty(database, name, {
      value: (sql: string, params?: readonly SqlValue[]) => {
        statements.add(sql);
        return original(sql, params);
      },
    });
  }
  return statements;
}

/** Everything the engine does in a turn, and what clients ask for. */
function hotPaths(store: SqlStore): void {
  const work = seed(store);
  const { run, session, loop, turn } = work;
  const row = store.log.append(newRow(work, 1));
  store.log.append(newRow(work, 2, { op: 'EDIT', state: 'proposed', rx: 'long '.repeat(500) }));
  store.log.update(row.id, { rx: 'x', statusRx: 200, expanded: false });
  store.log.list(run.id);
  store.log.list(run.id, { loopId: loop.id });
  store.log.list(run.id, { turnId: turn.id });
  store.log.list(run.id, { sinceId: row.id, limit: 10 });
  store.log.list(run.id, { loopSeq: 1, sinceId: row.id });
  store.log.list(run.id, { loopSeq: 1, turnSeq: 1, sequence: 1 });
  store.log.byCoordinate(run.id, 1, 1, 1);
  store.log.get(row.id);
  store.log.lastSequence(turn.id);
  store.log.setExpanded([row.id], true);
  store.log.changesByOthers(session.id, run.id, row.id);
  store.log.prompts(session.id, 5);
  store.loops.enqueue({
    runId: run.id,
    prompt: 'p',
    flags: DEFAULT_FLAGS,
    alias: null,
    maxTurns: 1,
    attrs: {},
    at: AT,
  });
  store.loops.list(run.id);
  store.loops.latest(run.id);
  store.loops.active(run.id);
  store.loops.parked(run.id);
  store.loops.unfinished();
  store.loops.setStatus(loop.id, 102, { at: AT });
  store.loops.claim(run.id, AT);
  store.turns.update(turn.id, { emission: 'e', model: 'm', meta: { raw: 'r'.repeat(3000) } });
  store.turns.list(loop.id);
  store.turns.listRun(run.id);
  store.turns.savePacket(turn.id, [{ name: 'log', slot: 'user', header: null, content: 'c', tokens: 1 }]);
  store.turns.readPacket(turn.id);
  store.turns.usage({ loopId: loop.id });
  store.turns.usage({ runId: run.id });
  store.turns.usage({ sessionId: session.id });
  store.runs.byName(session.id, 'main');
  store.runs.list(session.id);
  store.runs.children(run.id);
  store.runs.setPendingWake(run.id, true);
  store.runs.fork(run.id, { name: 'f', untilTurn: null, at: AT });
  store.sessions.byName('work');
  store.sessions.update(session.id, { name: 'renamed' }, AT);
  const key = { sessionId: session.id, scope: 'session' as const, runId: null, scheme: 'known', pathname: '/a' };
  const { entry } = store.entries.ensure(key, AT);
  store.entries.write(entry.id, {
    name: 'body',
    mimetype: 'text/plain',
    content: 'abc',
    tokens: 1,
    state: 'active',
    at: AT,
  });
  store.entries.append(entry.id, 'body', { text: 'def', tokens: 1, at: AT });
  store.entries.append(entry.id, 'body', { text: 'ghi', tokens: 1, at: AT });
  store.entries.setChannelState(entry.id, 'body', 'closed');
  store.entries.slice(entry.id, 'body', 1, 2);
  store.entries.list({ sessionId: session.id, scheme: 'known', prefix: '/' });
  store.entries.schemes(session.id);
  store.entries.channels(entry.id);
  store.entries.setTags(entry.id, ['t'], AT);
  store.proposals.create({
    logEntryId: row.id,
    sessionId: session.id,
    runId: run.id,
    kind: 'edit',
    scheme: null,
    pathname: '/a',
    body: 'b',
    attrs: {},
    baselineHash: null,
    baseSignature: null,
    proposedHash: null,
    createdAt: AT,
  });
  store.proposals.pending();
  store.proposals.pending(session.id);
  store.proposals.list(session.id);
  store.proposals.update(row.id, { decision: 'accept' });
  const subscription = store.subscriptions.open({
    runId: run.id,
    entryId: entry.id,
    scheme: 'sh',
    coordinate: '1/1/1',
    turnScoped: false,
    pollSeconds: null,
    attrs: {},
    startedAt: AT,
  });
  store.subscriptions.active();
  store.subscriptions.active(run.id);
  store.subscriptions.unseen(run.id);
  store.subscriptions.byEntry(entry.id);
  store.subscriptions.markSeen(subscription.id, {}, true);
  store.subscriptions.close(subscription.id, { state: 'closed', closeStatus: 200, at: AT });
  store.constraints.add(session.id, 'pick', '*', AT);
  store.constraints.list(session.id);
  store.constraints.remove(session.id, 'pick', '*');
  store.blobs.get(store.blobs.put('text'));
  store.facts.set('k', 1);
  store.facts.get('k');
  store.search.log('word', 5);
  store.search.log('word', 5, session.id);
  store.search.entries(session.id, 'abc', 5);
  store.log.delete([row.id]);
  store.entries.remove(entry.id);
  store.sessions.delete(session.id);
}

/** Steps that walk a whole table: a SCAN that is not over an index's own range, a common table expression or a view. */
function fullScans(database: Database, sql: string): string[] {
  const width = Math.max(
    (sql.match(/\?(?!\d)/g) ?? []).length,
    ...[...sql.matchAll(/\?(\d+)/g)].map(found => Number(found[1])),
    0,
  );
  return database
    .all(
      `EXPLAIN QUERY PLAN ${sql}`,
      Array.from({ length: width }, () => null),
    )
    .map(row => String(row.detail))
    .filter(detail => detail.startsWith('SCAN'))
    .filter(detail => !/VIRTUAL TABLE INDEX|CONSTANT ROW|^SCAN found$|^SCAN \d+ CONSTANT/.test(detail))
    .filter(detail => !/USING (COVERING )?INDEX (\w+_pending|\w+_unfinished|\w+_active|\w+_unseen)\b/.test(detail))
    .filter(detail => !/^SCAN sqlite_sequence$|^SCAN \(subquery/.test(detail));
}

describe('query plans', () => {
  after(removeFolders);

  it('[PF-3] no statement of a hot path walks a whole table', async () => {
    const database = await openDatabase(newFolder());
    const statements = spyOn(database);
    hotPaths(new SqlStore(database));
    assert.ok(statements.size > 100, `${statements.size} statements seen`);
    const bad = [...statements].flatMap(sql => fullScans(database, sql).map(step => ({ step, sql })));
    assert.deepEqual(bad, []);
    await database.close();
  });

  it('[PF-3] the check sees a full scan', async () => {
    const database = await openDatabase(newFolder());
    assert.deepEqual(fullScans(database, 'SELECT * FROM log_row WHERE outcome = ?'), ['SCAN log_row']);
    assert.deepEqual(fullScans(database, 'SELECT id FROM turn WHERE model = ?').length, 1);
    await database.close();
  });
});
