import assert from 'node:assert/strict';
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import type { LogEntryId, RunId, TurnId } from '../../../server/src/store/contract.ts';
import { NO_RETENTION } from '../../../server/src/store/maintenance.ts';
import type { SqlStore } from '../../../server/src/store/store.ts';
import { AT, integrity, newFolder, newRow, openTestStore, removeFolders, type Seeded, seed } from './support.ts';

describe('stores', () => {
  let store: SqlStore;
  let work: Seeded;

  beforeEach(async () => {
    store = await openTestStore(newFolder());
    work = seed(store);
  });

  afterEach(async () => {
    assert.equal(integrity(store.database), 'ok');
    await store.close();
  });

  after(removeFolders);

  const enqueue = (runId: RunId, prompt: string, at = AT) =>
    store.loops.enqueue({ runId, prompt, flags: DEFAULT_FLAGS, alias: null, maxTurns: -1, attrs: {}, at });

  describe('sessions and runs', () => {
    it('[ENG-1] a session keeps its settings, root and name, and lists newest first', () => {
      const other = store.sessions.create({ name: 'other', projectRoot: null, settings: { filesItems: 3 }, at: AT });
      assert.deepEqual(store.sessions.get(other.id), other);
      assert.deepEqual(store.sessions.byName('other'), other);
      const changed = store.sessions.update(other.id, { name: 'renamed', projectRoot: '/x' }, AT + 1);
      assert.deepEqual(changed, { ...other, name: 'renamed', projectRoot: '/x', updatedAt: AT + 1 });
      assert.deepEqual(
        store.sessions.list().map(session => session.name),
        ['renamed', 'work'],
      );
      assert.throws(() => store.sessions.create({ name: 'work', projectRoot: null, settings: {}, at: AT }));
    });

    it('[RES-30] the newest run of a name answers to it', () => {
      const again = store.runs.create({
        sessionId: work.session.id,
        name: 'main',
        origin: 'model',
        parentRunId: work.run.id,
        at: AT,
      });
      assert.equal(store.runs.byName(work.session.id, 'main')?.id, again.id);
      assert.deepEqual(store.runs.children(work.run.id), [again]);
      assert.deepEqual(store.runs.list(work.session.id), [again, store.runs.get(work.run.id)]);
    });

    it('[ENG-15] remembers a wake that came early', () => {
      store.runs.setPendingWake(work.run.id, true);
      assert.equal(store.runs.get(work.run.id)?.pendingWake, true);
      store.runs.setPendingWake(work.run.id, false);
      assert.equal(store.runs.get(work.run.id)?.pendingWake, false);
    });
  });

  describe('loops', () => {
    it('[ENG-10] claims queued loops in order, each once', () => {
      const second = enqueue(work.run.id, 'two');
      const third = enqueue(work.run.id, 'three');
      assert.deepEqual([second.seq, third.seq, second.status], [2, 3, 100]);
      assert.equal(store.loops.claim(work.run.id, AT + 5)?.id, second.id);
      assert.deepEqual(store.loops.get(second.id), { ...second, status: 102, startedAt: AT + 5 });
      assert.equal(store.loops.claim(work.run.id, AT)?.id, third.id);
      assert.equal(store.loops.claim(work.run.id, AT), null);
      assert.equal(store.loops.latest(work.run.id)?.id, third.id);
    });

    it('[ENG-11] a parked loop is found, resumed and ended', () => {
      store.loops.setStatus(work.loop.id, 202, { at: AT + 1 });
      assert.equal(store.loops.parked(work.run.id)?.id, work.loop.id);
      assert.equal(store.loops.parked(work.run.id)?.endedAt, null);
      store.loops.setStatus(work.loop.id, 100, { at: AT + 2 });
      const resumed = store.loops.claim(work.run.id, AT + 3);
      assert.equal(resumed?.startedAt, AT, 'it started when it was first claimed');
      const ended = store.loops.setStatus(work.loop.id, 500, { at: AT + 4, reason: 'strikes', attrs: { x: 1 } });
      assert.deepEqual([ended.endedAt, ended.reason, ended.attrs], [AT + 4, 'strikes', { x: 1 }]);
      assert.equal(store.loops.active(work.run.id), null);
    });

    it('[ENG-18] finds what a crash left unfinished', () => {
      const queued = enqueue(work.run.id, 'next');
      assert.deepEqual(
        store.loops.unfinished().map(loop => [loop.id, loop.status]),
        [
          [work.loop.id, 102],
          [queued.id, 100],
        ],
      );
    });
  });

  describe('log', () => {
    it('a row reads back as it was written, however long its bodies are', () => {
      const long = 'ü\n'.repeat(40_000);
      const row = newRow(work, 1, {
        signal: ['a', 1],
        lineMarker: { marks: [2, -1] },
        params: { q: 'x' },
        tx: { body: long, nested: { deep: [null, true] } },
        rx: `${long}\0end`,
        attrs: { k: 'v' },
        tags: ['t1', 't2'],
        port: 8080,
        expanded: false,
      });
      const stored = store.log.append(row);
      assert.deepEqual(store.log.get(stored.id), { ...row, id: stored.id });
      assert.deepEqual(store.log.byCoordinate(work.run.id, 1, 1, 1), { ...row, id: stored.id });
      assert.deepEqual(store.log.list(work.run.id), [{ ...row, id: stored.id }]);
    });

    it('[ENG-20] lists in the order of events, also a first row that is written last', () => {
      const second = store.log.append(newRow(work, 2));
      const third = store.log.append(newRow(work, 3));
      assert.deepEqual(store.log.list(work.run.id), [second, third]);
      const first = store.log.append(newRow(work, 1));
      const order = () => store.log.list(work.run.id).map(row => row.id);
      assert.deepEqual(order(), [first.id, second.id, third.id]);
      assert.deepEqual(
        store.log.list(work.run.id, { sinceId: second.id }).map(row => row.id),
        [third.id, first.id],
        'by id when a caller pages by id',
      );
      assert.equal(store.log.lastSequence(work.turn.id), 3);
      assert.equal(store.log.lastId(), first.id);
    });

    it('filters by coordinate, loop and turn', () => {
      const rows = [1, 2, 3].map(sequence => store.log.append(newRow(work, sequence)));
      const turn = store.turns.open({ loopId: work.loop.id, runId: work.run.id, at: AT });
      const later = store.log.append(newRow({ ...work, turn }, 1));
      assert.deepEqual(store.log.list(work.run.id, { loopId: work.loop.id, limit: 2 }), rows.slice(0, 2));
      assert.deepEqual(store.log.list(work.run.id, { turnId: turn.id }), [later]);
      assert.deepEqual(store.log.list(work.run.id, { loopSeq: 1, turnSeq: 1, sequence: 2 }), [rows[1]]);
      assert.deepEqual(store.log.list(work.run.id, { loopSeq: 9 }), []);
    });

    it('[RES-17] opening, folding, patching and deleting show in the cached list and are reported', () => {
      const changes: unknown[] = [];
      store.log.onChange(change => changes.push(change));
      const rows = [1, 2].map(sequence => store.log.append(newRow(work, sequence)));
      const [first, second] = rows.map(row => row.id) as [LogEntryId, LogEntryId];
      assert.equal(store.log.list(work.run.id).length, 2);
      store.log.setExpanded([first, second], false);
      assert.deepEqual(
        store.log.list(work.run.id).map(row => row.expanded),
        [false, false],
      );
      store.log.setExpanded([first], false);
      const patched = store.log.update(second, { statusRx: 400, state: 'failed', outcome: 'rejected', rx: 'no' });
      assert.deepEqual(patched, {
        ...rows[1],
        expanded: false,
        statusRx: 400,
        state: 'failed',
        outcome: 'rejected',
        rx: 'no',
      });
      assert.deepEqual(store.log.list(work.run.id)[1], patched);
      store.log.delete([first]);
      assert.deepEqual(store.log.list(work.run.id), [patched]);
      assert.deepEqual(changes, [
        { runId: work.run.id, ids: [first, second], kind: 'update' },
        { runId: work.run.id, ids: [second], kind: 'update' },
        { runId: work.run.id, ids: [first], kind: 'delete' },
      ]);
      assert.equal(store.log.append(newRow(work, 1)).id, second + 1, 'an id is never used twice');
    });

    it('ids are never used twice, also not after a restart', async () => {
      const folder = newFolder();
      const first = await openTestStore(folder);
      const there = seed(first);
      const row = first.log.append(newRow(there, 1));
      first.log.delete([row.id]);
      const doomed = seed(first, 'doomed');
      first.sessions.delete(doomed.session.id);
      await first.close();
      const again = await openTestStore(folder);
      assert.equal(again.log.append(newRow(there, 1)).id, row.id + 1);
      const next = seed(again, 'next');
      for (const part of ['session', 'run', 'loop', 'turn'] as const) assert.equal(next[part].id, doomed[part].id + 1);
      await again.close();
    });

    it('an undone transaction leaves neither rows nor cached rows, and reports what it had touched', () => {
      const row = store.log.append(newRow(work, 1));
      store.log.list(work.run.id);
      const changes: unknown[] = [];
      store.log.onChange(change => changes.push(change));
      assert.throws(() =>
        store.transaction(() => {
          store.log.append(newRow(work, 2));
          store.log.setExpanded([row.id], false);
          store.blobs.put('undone');
          throw new Error('undo');
        }),
      );
      assert.deepEqual(store.log.list(work.run.id), [row]);
      assert.equal(changes.length, 2);
      assert.equal(store.blobs.get(store.blobs.put('undone')), 'undone');
    });

    it('[ENG-50] finds what other runs changed in the shared world', () => {
      const other = store.runs.create({
        sessionId: work.session.id,
        name: 'o',
        origin: 'client',
        parentRunId: null,
        at: AT,
      });
      const loop = enqueue(other.id, 'x');
      const turn = store.turns.open({ loopId: loop.id, runId: other.id, at: AT });
      const theirs = { ...work, run: other, loop, turn };
      const before = store.log.append(newRow(theirs, 1, { op: 'EDIT' }));
      const edit = store.log.append(newRow(theirs, 2, { op: 'EDIT', statusRx: 201 }));
      store.log.append(newRow(theirs, 3, { op: 'EDIT', statusRx: 304 }));
      store.log.append(newRow(theirs, 4, { op: 'EDIT', statusRx: 202, state: 'proposed' }));
      store.log.append(newRow(theirs, 5, { op: 'EDIT', scheme: 'run' }));
      store.log.append(newRow(theirs, 6, { op: 'READ' }));
      store.log.append(newRow(work, 1, { op: 'EDIT' }));
      const kill = store.log.append(newRow(theirs, 7, { op: 'KILL', scheme: null }));
      assert.deepEqual(store.log.changesByOthers(work.session.id, work.run.id, before.id), [edit, kill]);
    });

    it('lists the newest prompts that people wrote', () => {
      enqueue(work.run.id, 'second');
      const child = store.runs.create({
        sessionId: work.session.id,
        name: 'child',
        origin: 'model',
        parentRunId: work.run.id,
        at: AT,
      });
      enqueue(child.id, 'delegated');
      assert.deepEqual(store.log.prompts(work.session.id, 10), ['second', 'Do the work.']);
      assert.deepEqual(store.log.prompts(work.session.id, 1), ['second']);
    });
  });

  describe('turns and packets', () => {
    it('keeps emission, raw response and numbers', () => {
      const patch = {
        status: 200,
        emission: '<<SEND[200]:done:SEND',
        reasoning: 'because',
        finishReason: 'stop',
        model: 'm-1',
        promptTokens: 10,
        completionTokens: 3,
        cachedTokens: 2,
        costPico: 2 ** 50,
        priceVersion: 'p1',
        meta: { raw: 'r'.repeat(10_000) },
        endedAt: AT + 9,
      };
      const stored = store.turns.update(work.turn.id, patch);
      assert.deepEqual(stored, { ...work.turn, ...patch });
      assert.deepEqual(store.turns.list(work.loop.id), [stored]);
      assert.deepEqual(store.turns.listRun(work.run.id), [stored]);
      assert.deepEqual(store.turns.update(work.turn.id, { reasoning: null }).reasoning, null);
    });

    it('[PKT-3] a packet reads back byte for byte, each part stored once', () => {
      const section = (name: string, parts: string[]) => ({
        name,
        slot: 'user' as const,
        header: name === 'log' ? 'Plurnk Service Log' : null,
        content: parts.join(''),
        parts,
        tokens: parts.length,
      });
      const log = ['+ {"a":1}\n', '<<:::x\n1:\tü\n:::x\n', '+ {"a":1}\n', 'nul \0 inside'];
      const packet = [
        section('log', log),
        { name: 'rules', slot: 'system' as const, header: null, content: 'Be brief.', tokens: 2 },
      ];
      store.turns.savePacket(work.turn.id, packet);
      assert.deepEqual(store.turns.readPacket(work.turn.id), packet);
      const before = store.maintenance.sizes().blobs;
      const turn = store.turns.open({ loopId: work.loop.id, runId: work.run.id, at: AT });
      store.turns.savePacket(turn.id, [section('log', [...log, 'one more\n'])]);
      assert.equal(store.maintenance.sizes().blobs, before + 1);
      assert.equal(store.turns.readPacket(9999 as TurnId), null);
    });

    it('[PKT-21] sums usage per loop, run and session; one unknown price makes the cost unknown', () => {
      const spend = (turnId: TurnId, costPico: number | null) =>
        store.turns.update(turnId, { model: 'm', promptTokens: 10, completionTokens: 2, cachedTokens: 1, costPico });
      spend(work.turn.id, 500);
      const second = store.turns.open({ loopId: work.loop.id, runId: work.run.id, at: AT });
      spend(second.id, 250);
      const sums = { promptTokens: 20, completionTokens: 4, cachedTokens: 2, costPico: 750, turns: 2 };
      assert.deepEqual(store.turns.usage({ loopId: work.loop.id }), sums);
      assert.deepEqual(store.turns.usage({ runId: work.run.id }), sums);
      assert.deepEqual(store.turns.usage({ sessionId: work.session.id }), sums);
      store.runs.fork(work.run.id, { name: 'fork', untilTurn: null, at: AT });
      assert.deepEqual(store.turns.usage({ sessionId: work.session.id }), sums, 'a fork did not pay');
      assert.equal(store.sessions.list()[0]?.costPico, 750);
      spend(store.turns.open({ loopId: work.loop.id, runId: work.run.id, at: AT }).id, null);
      assert.equal(store.turns.usage({ loopId: work.loop.id }).costPico, null);
      assert.equal(store.sessions.list()[0]?.costPico, null);
    });
  });

  describe('fork', () => {
    it('[ENG-5] copies log, fold state, turns, packets and scratch, and ends what had not ended', () => {
      store.log.append(newRow(work, 1, { expanded: false, tags: ['x'] }));
      store.log.append(newRow(work, 2, { op: 'EDIT', statusRx: 202, state: 'proposed' }));
      store.turns.update(work.turn.id, { emission: 'said', endedAt: AT });
      const packet = [{ name: 'log', slot: 'user' as const, header: null, content: 'text', tokens: 1 }];
      store.turns.savePacket(work.turn.id, packet);
      const key = { sessionId: work.session.id, scope: 'run' as const, scheme: 'run', pathname: '/plan.md' };
      const { entry } = store.entries.ensure({ ...key, runId: work.run.id }, AT);
      store.entries.write(entry.id, { name: 'body', mimetype: 'text/markdown', content: 'mine', tokens: 1, at: AT });
      const fork = store.runs.fork(work.run.id, { name: 'fork', untilTurn: null, at: AT + 1 });
      assert.deepEqual(
        { parent: fork.parentRunId, origin: fork.origin, turn: fork.forkedFromTurnId },
        { parent: work.run.id, origin: 'model', turn: work.turn.id },
      );
      const [loop] = store.loops.list(fork.id);
      assert.deepEqual(
        [loop?.status, loop?.reason, loop?.endedAt, loop?.prompt],
        [499, 'forked', AT + 1, 'Do the work.'],
      );
      const [turn] = store.turns.listRun(fork.id);
      assert.equal(turn?.emission, 'said');
      assert.deepEqual(store.turns.readPacket(turn?.id as TurnId), packet);
      const copied = store.log.list(fork.id);
      assert.deepEqual(
        copied.map(row => [row.sequence, row.expanded, row.tags, row.state, row.statusRx, row.turnId]),
        [
          [1, false, ['x'], 'resolved', 200, turn?.id],
          [2, true, [], 'cancelled', 499, turn?.id],
        ],
      );
      const scratch = store.entries.find({ ...key, runId: fork.id });
      assert.equal(store.entries.content(scratch?.id ?? entry.id, 'body'), 'mine');
      assert.notEqual(scratch?.id, entry.id);
      store.entries.write(entry.id, { name: 'body', mimetype: 'text/markdown', content: 'changed', tokens: 1, at: AT });
      store.log.update(store.log.list(work.run.id)[0]?.id as LogEntryId, { rx: 'changed' });
      assert.equal(store.entries.content(scratch?.id ?? entry.id, 'body'), 'mine');
      assert.equal(store.log.list(fork.id)[0]?.rx, '1:\tresult 1');
    });

    it('[ENG-5] copies up to a turn and not further', () => {
      store.log.append(newRow(work, 1));
      const later = store.turns.open({ loopId: work.loop.id, runId: work.run.id, at: AT });
      store.log.append(newRow({ ...work, turn: later }, 1));
      enqueue(work.run.id, 'later loop');
      const fork = store.runs.fork(work.run.id, { name: 'fork', untilTurn: work.turn.id, at: AT });
      assert.equal(store.log.list(fork.id).length, 1);
      assert.equal(store.turns.listRun(fork.id).length, 1);
      assert.equal(store.loops.list(fork.id).length, 1);
      const empty = store.runs.create({
        sessionId: work.session.id,
        name: 'e',
        origin: 'model',
        parentRunId: null,
        at: AT,
      });
      assert.deepEqual(store.log.list(store.runs.fork(empty.id, { name: 'f', untilTurn: null, at: AT }).id), []);
    });
  });

  describe('proposals and streams', () => {
    it('[ENG-68] the ledger keeps who decided what, and when', () => {
      const row = store.log.append(newRow(work, 1, { op: 'EDIT', state: 'proposed', statusRx: 202 }));
      const created = store.proposals.create({
        logEntryId: row.id,
        sessionId: work.session.id,
        runId: work.run.id,
        kind: 'edit',
        scheme: null,
        pathname: '/a.ts',
        body: '--- a\n+++ b\n',
        attrs: { x: 1 },
        baselineHash: store.blobs.put('before'),
        baseSignature: 'sig',
        proposedHash: store.blobs.put('after'),
        createdAt: AT,
      });
      assert.deepEqual(store.proposals.pending(), [created]);
      assert.deepEqual(store.proposals.pending(work.session.id), [created]);
      const decided = store.proposals.update(row.id, {
        decision: 'accept',
        by: 'policy:docs',
        decidedAt: AT + 1,
        amendedHash: store.blobs.put('amended'),
        writtenSignature: 'sig2',
      });
      assert.deepEqual(store.proposals.get(row.id), decided);
      assert.equal(store.blobs.get(decided.amendedHash ?? ''), 'amended');
      assert.deepEqual(store.proposals.pending(), []);
      assert.deepEqual(store.proposals.list(work.session.id), [decided]);
    });

    it('[ENG-12] [ENG-52] a stream is active until it ends once, and unseen until its end was told', () => {
      const key = {
        sessionId: work.session.id,
        scope: 'session' as const,
        runId: null,
        scheme: 'sh',
        pathname: '/1/1/1',
      };
      const { entry } = store.entries.ensure(key, AT);
      const opened = store.subscriptions.open({
        runId: work.run.id,
        entryId: entry.id,
        scheme: 'sh',
        coordinate: '1/1/1',
        turnScoped: true,
        pollSeconds: 1.5,
        attrs: { pid: 7 },
        startedAt: AT,
      });
      assert.deepEqual(store.subscriptions.active(), [opened]);
      assert.deepEqual(store.subscriptions.active(work.run.id), [opened]);
      assert.deepEqual(store.subscriptions.byEntry(entry.id), opened);
      store.subscriptions.markSeen(opened.id, { stdout: 12 }, false);
      const closed = store.subscriptions.close(opened.id, { state: 'closed', closeStatus: 200, at: AT + 1 });
      store.subscriptions.close(opened.id, { state: 'errored', closeStatus: 500, at: AT + 2 });
      assert.deepEqual(store.subscriptions.get(opened.id), closed);
      assert.deepEqual([closed.state, closed.closeStatus, closed.seen], ['closed', 200, { stdout: 12 }]);
      assert.deepEqual(store.subscriptions.active(work.run.id), []);
      assert.deepEqual(store.subscriptions.unseen(work.run.id), [closed]);
      store.subscriptions.markSeen(opened.id, { stdout: 12 }, true);
      assert.deepEqual(store.subscriptions.unseen(work.run.id), []);
    });
  });

  describe('rules, facts and texts', () => {
    it('[RES-60] rules are kept in order, each once', () => {
      const { id } = work.session;
      store.constraints.add(id, 'pick', 'b/**', AT);
      store.constraints.add(id, 'hide', 'a/**', AT);
      store.constraints.add(id, 'pick', 'b/**', AT);
      assert.deepEqual(store.constraints.list(id), [
        { effect: 'pick', glob: 'b/**' },
        { effect: 'hide', glob: 'a/**' },
      ]);
      assert.deepEqual(
        [store.constraints.remove(id, 'pick', 'b/**'), store.constraints.remove(id, 'pick', 'b/**')],
        [true, false],
      );
    });

    it('facts and texts survive a restart', async () => {
      const folder = newFolder();
      const first = await openTestStore(folder);
      first.facts.set('k', { a: [1, 'zwei', null] });
      first.facts.set('k', { a: [2] });
      first.facts.set('gone', 1);
      first.facts.delete('gone');
      const hash = first.blobs.put('text \0 with nul');
      assert.equal(first.blobs.put('text \0 with nul'), hash);
      await first.close();
      const again = await openTestStore(folder);
      assert.deepEqual([again.facts.get('k'), again.facts.get('gone')], [{ a: [2] }, undefined]);
      assert.equal(again.blobs.get(hash), 'text \0 with nul');
      assert.equal(again.blobs.get('00'.repeat(32)), null);
      await again.close();
    });
  });

  describe('maintenance', () => {
    it('[ENG-1] deleting a session takes everything in it, and nothing else', async () => {
      const other = seed(store, 'other');
      for (const seeded of [work, other]) {
        store.log.append(newRow(seeded, 1, { rx: `findme ${'x'.repeat(3000)} ${seeded.session.name}` }));
      }
      assert.equal(store.search.log('findme', 10).length, 2);
      store.log.list(work.run.id);
      store.sessions.delete(work.session.id);
      assert.equal(store.sessions.get(work.session.id), null);
      assert.deepEqual(store.log.list(work.run.id), []);
      assert.deepEqual(
        store.search.log('findme', 10).map(hit => hit.sessionId),
        [other.session.id],
      );
      const kept = store.blobs.put('named by a fact');
      store.facts.set('ref', kept);
      store.blobs.put('named by nobody');
      const removed = await store.maintenance.compact();
      assert.equal(removed, 2, 'the deleted row’s body and the text nobody names');
      assert.equal(store.blobs.get(kept), 'named by a fact');
      assert.match(store.log.list(other.run.id)[0]?.rx ?? '', /other$/);
    });

    it('retention removes nothing by itself, and what a rule names otherwise', () => {
      const names = () => store.sessions.list().map(session => session.name);
      store.loops.setStatus(work.loop.id, 200, { at: AT });
      seed(store, 'busy');
      const old = store.sessions.create({ name: 'old', projectRoot: null, settings: {}, at: AT - 1000 });
      assert.deepEqual(store.maintenance.applyRetention(NO_RETENTION, AT), []);
      assert.deepEqual(store.maintenance.applyRetention({ maxAgeMs: 500, maxSessions: null }, AT), [
        { id: old.id, name: 'old' },
      ]);
      assert.deepEqual(store.maintenance.applyRetention({ maxAgeMs: null, maxSessions: 0 }, AT), [
        { id: work.session.id, name: work.session.name },
      ]);
      assert.deepEqual(names(), ['busy'], 'a session with a loop at work stays');
    });

    it('retention leaves alone what is parked, streams, waits for a decision, is kept or in use', () => {
      const all = ['parked', 'streams', 'waits', 'kept', 'used', 'idle'].map(name => seed(store, name));
      const [parked, streams, waits, kept, used] = all;
      assert.ok(parked && streams && waits && kept && used);
      store.sessions.delete(work.session.id);
      for (const { loop } of all) store.loops.setStatus(loop.id, loop.id === parked.loop.id ? 202 : 200, { at: AT });
      const key = {
        sessionId: streams.session.id,
        scope: 'session',
        runId: null,
        scheme: 'sh',
        pathname: '/1/1/1',
      } as const;
      store.subscriptions.open({
        runId: streams.run.id,
        entryId: store.entries.ensure(key, AT).entry.id,
        scheme: 'sh',
        coordinate: '1/1/1',
        turnScoped: false,
        pollSeconds: null,
        attrs: {},
        startedAt: AT,
      });
      const row = store.log.append(newRow(waits, 1, { op: 'EDIT', state: 'proposed', statusRx: 202 }));
      store.proposals.create({
        logEntryId: row.id,
        sessionId: waits.session.id,
        runId: waits.run.id,
        kind: 'edit',
        scheme: null,
        pathname: '/a.ts',
        body: 'diff',
        attrs: {},
        baselineHash: null,
        baseSignature: null,
        proposedHash: null,
        createdAt: AT,
      });
      store.sessions.update(kept.session.id, { settings: { keep: true } }, AT);
      const rule = { maxAgeMs: 0, maxSessions: 0 };
      const removed = store.maintenance.applyRetention(rule, AT + 1000, new Set([used.session.id]));
      assert.deepEqual(
        removed.map(({ name }) => name),
        ['idle'],
      );
    });

    it('an exported session can be imported, whole and at rest', () => {
      const long = 'long body '.repeat(500);
      store.log.append(newRow(work, 1, { rx: long, attrs: { hash: store.blobs.put('pinned text') } }));
      store.turns.savePacket(work.turn.id, [
        { name: 'log', slot: 'user', header: null, content: 'ab', parts: ['a', 'b'], tokens: 2 },
      ]);
      store.turns.update(work.turn.id, { emission: 'said' });
      const { entry } = store.entries.ensure(
        { sessionId: work.session.id, scope: 'run', runId: work.run.id, scheme: 'run', pathname: '/s' },
        AT,
      );
      store.entries.write(entry.id, { name: 'body', mimetype: 'text/plain', content: 'nul \0 in', tokens: 1, at: AT });
      store.constraints.add(work.session.id, 'pick', '*', AT);
      const stream = {
        sessionId: work.session.id,
        scope: 'session',
        runId: null,
        scheme: 'sh',
        pathname: '/1',
      } as const;
      const { entry: streaming } = store.entries.ensure(stream, AT);
      const live = {
        name: 'stdout',
        mimetype: 'text/plain',
        content: 'out',
        tokens: 1,
        state: 'active',
        at: AT,
      } as const;
      store.entries.write(streaming.id, live);
      store.log.append(newRow(work, 2, { op: 'EXEC', statusRx: 102 }));
      store.runs.setPendingWake(work.run.id, true);
      store.runs.fork(work.run.id, { name: 'fork', untilTurn: null, at: AT });
      const lines = [...store.exportSession(work.session.id)];
      const id = store.importSession(lines, { name: 'copy', at: AT + 1 });
      const [fork, main] = store.runs.list(id);
      assert.deepEqual([fork?.name, main?.name, fork?.parentRunId], ['fork', 'main', main?.id]);
      const runId = main?.id ?? work.run.id;
      assert.equal(store.loops.latest(runId)?.status, 499);
      assert.deepEqual(
        store.log.list(runId).map(row => row.statusRx),
        [200, 499],
      );
      assert.deepEqual([store.turns.listRun(runId)[0]?.status, main?.pendingWake], [499, false]);
      const copied = store.entries.find({ ...stream, sessionId: id });
      assert.equal(store.entries.channel(copied?.id ?? entry.id, 'stdout')?.state, 'errored');
      assert.equal(store.log.list(runId)[0]?.rx, long);
      const turn = store.turns.listRun(runId)[0];
      assert.equal(turn?.emission, 'said');
      assert.equal(store.turns.readPacket(turn?.id ?? work.turn.id)?.[0]?.content, 'ab');
      const scratch = store.entries.find({ sessionId: id, scope: 'run', runId, scheme: 'run', pathname: '/s' });
      assert.equal(store.entries.content(scratch?.id ?? entry.id, 'body'), 'nul \0 in');
      assert.deepEqual(store.constraints.list(id), [{ effect: 'pick', glob: '*' }]);
      assert.equal(store.search.log('"long body"', 10).length, 2);
      assert.deepEqual([...store.exportSession(id)].length, lines.length);
      assert.throws(() => store.importSession(['{"kind":"other"}'], { name: 'x', at: AT }), /not an exported/);
      const secret = 'pinned text';
      const masked = [...store.exportSession(work.session.id, text => text.replaceAll(secret, '*'.repeat(11)))];
      assert.ok(!masked.join().includes(secret));
      const clean = store.runs.byName(store.importSession(masked, { name: 'masked', at: AT }), 'main');
      const hash = String(store.log.list(clean?.id ?? runId)[0]?.attrs.hash);
      assert.equal(store.blobs.get(hash), '*'.repeat(11), 'what names a cleaned text by its hash finds it');
      assert.throws(() =>
        store.importSession(
          lines.slice(0, -1).filter(line => !line.includes('"table":"run"')),
          { name: 'y', at: AT },
        ),
      );
      assert.equal(store.sessions.byName('y'), null);
    });
  });
});
