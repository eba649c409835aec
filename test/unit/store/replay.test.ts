import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import { randomFrom } from '../../../scripts/crash/content.ts';
import type { EntryId, LogEntryId } from '../../../server/src/store/contract.ts';
import type { Database } from '../../../server/src/store/database.ts';
import type { SqlStore } from '../../../server/src/store/store.ts';
import {
  AT,
  integrity,
  newFolder,
  newRow,
  openDatabase,
  openTestStore,
  removeFolders,
  type Seeded,
  seed,
} from './support.ts';

/** Every row of every table; what belongs to the index itself may be laid out differently and is compared by searching. */
function dump(database: Database): Record<string, unknown> {
  const tables = database
    .all("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")
    .map(row => String(row.name))
    .filter(name => !/^(log|entry)_index_|^sqlite_/.test(name));
  return Object.fromEntries(
    tables.map(name => [
      name,
      database
        .all(`SELECT * FROM ${name}`)
        .map(row => JSON.stringify(Object.values(row)))
        .sort(),
    ]),
  );
}

/** A random walk over everything the stores can do. */
class Walk {
  readonly #store: SqlStore;
  readonly #random: () => number;
  readonly #work: Seeded[] = [];
  readonly #rows: LogEntryId[] = [];
  readonly #entries: EntryId[] = [];
  #count = 0;

  constructor(store: SqlStore, random: () => number) {
    this.#store = store;
    this.#random = random;
    this.#work.push(seed(store, 'first'));
  }

  async step(): Promise<void> {
    const steps = [
      ...Array.from({ length: 8 }, () => () => this.#append()),
      () => this.#patch(),
      () => this.#write(),
      () => this.#stream(),
      () => this.#turn(),
      () => this.#remove(),
      () => this.#undone(),
      () => this.#session(),
      () => void this.#store.search.log('word', 3),
      () =>
        this.#store.runs.fork(this.#one(this.#work).run.id, { name: `fork-${this.#count}`, untilTurn: null, at: AT }),
      () => this.#transfer(),
    ];
    this.#count++;
    this.#one(steps)();
    if (this.#random() < 0.01) await this.#store.maintenance.compact();
    else if (this.#random() < 0.02) await this.#store.database.snapshot();
    else if (this.#random() < 0.3) await this.#store.durable();
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item;
  }

  #text(): string {
    return `word${Math.floor(this.#random() * 50)} \u{1F600}${this.#random() < 0.05 ? '\0' : ''} `.repeat(
      Math.floor(this.#random() * 300),
    );
  }

  #append(): void {
    const row = newRow(this.#one(this.#work), 10 + this.#count, { rx: this.#text(), tx: { body: this.#text() } });
    this.#rows.push(this.#store.log.append(row).id);
  }

  #patch(): void {
    const id = this.#one(this.#rows);
    if (id === undefined || this.#store.log.get(id) === null) return;
    this.#store.log.update(id, { rx: this.#text(), expanded: this.#random() < 0.5, tags: ['t'] });
    this.#store.log.setExpanded([id], this.#random() < 0.5);
  }

  #write(): void {
    const { session } = this.#one(this.#work);
    const pathname = `/e${Math.floor(this.#random() * 20)}.md`;
    const { entry } = this.#store.entries.ensure(
      { sessionId: session.id, scope: 'session', runId: null, scheme: 'known', pathname },
      AT,
    );
    const body = { name: 'body', mimetype: 'text/markdown', content: this.#text(), tokens: this.#count, at: AT };
    this.#store.entries.write(entry.id, body);
    this.#entries.push(entry.id);
  }

  #stream(): void {
    const { session, run } = this.#one(this.#work);
    const key = {
      sessionId: session.id,
      scope: 'session',
      runId: null,
      scheme: 'sh',
      pathname: `/s${this.#count}`,
    } as const;
    const { entry } = this.#store.entries.ensure(key, AT);
    const out = { name: 'stdout', mimetype: 'text/plain', content: '', tokens: 0, state: 'active', at: AT } as const;
    this.#store.entries.write(entry.id, out);
    for (let part = 0; part < 5; part++) {
      this.#store.entries.append(entry.id, 'stdout', { text: this.#text(), tokens: 1, at: AT });
    }
    const subscription = this.#store.subscriptions.open({
      runId: run.id,
      entryId: entry.id,
      scheme: 'sh',
      coordinate: '1/1/1',
      turnScoped: false,
      pollSeconds: 0.1,
      attrs: {},
      startedAt: AT,
    });
    this.#store.subscriptions.close(subscription.id, { state: 'closed', closeStatus: 200, at: AT });
    this.#store.entries.setChannelState(entry.id, 'stdout', 'closed');
  }

  #turn(): void {
    const at = Math.floor(this.#random() * this.#work.length);
    const work = this.#work[at] as Seeded;
    const content = this.#text();
    this.#store.turns.savePacket(work.turn.id, [{ name: 'log', slot: 'user', header: null, content, tokens: 1 }]);
    this.#store.turns.update(work.turn.id, { emission: content, costPico: 2 ** 45 + this.#count, endedAt: AT });
    this.#store.facts.set(`f${this.#count % 7}`, { hash: this.#store.blobs.put(content) });
    this.#work[at] = { ...work, turn: this.#store.turns.open({ loopId: work.loop.id, runId: work.run.id, at: AT }) };
  }

  #remove(): void {
    const row = this.#one(this.#rows);
    if (row !== undefined) this.#store.log.delete([row]);
    const entry = this.#one(this.#entries);
    if (entry !== undefined) this.#store.entries.remove(entry);
  }

  #undone(): void {
    try {
      this.#store.transaction(() => {
        this.#write();
        this.#remove();
        throw new Error('undo');
      });
    } catch {
      // The walk goes on as if nothing had been.
    }
  }

  #session(): void {
    if (this.#random() < 0.3 && this.#work.length > 1) {
      const gone = this.#work.shift() as Seeded;
      this.#store.sessions.delete(gone.session.id);
    }
    const work = seed(this.#store, `s${this.#count}`);
    this.#work.push(work);
    const { id } = work.run;
    const next = { runId: id, prompt: 'p', flags: DEFAULT_FLAGS, alias: null, maxTurns: 1, attrs: {}, at: AT };
    this.#store.loops.setStatus(this.#store.loops.enqueue(next).id, 202, { at: AT });
    this.#store.constraints.add(work.session.id, 'pick', `${this.#count}`, AT);
  }

  #transfer(): void {
    const lines = [...this.#store.exportSession(this.#one(this.#work).session.id)];
    const id = this.#store.importSession(lines, { name: `import-${this.#count}`, at: AT });
    if (this.#random() < 0.7) this.#store.sessions.delete(id);
  }
}

describe('replay', () => {
  after(removeFolders);

  for (const seedNumber of [1, 2, 3]) {
    it(`[RL-1] what a restart rebuilds is what was in memory, row for row (walk ${seedNumber})`, async function () {
      this.timeout(120_000);
      const folder = newFolder();
      const store = await openTestStore(folder);
      const walk = new Walk(store, randomFrom(seedNumber));
      for (let step = 0; step < 160; step++) await walk.step();
      await store.durable();
      const copy = newFolder();
      for (const name of readdirSync(folder))
        if (name !== 'owner.json') copyFileSync(join(folder, name), join(copy, name));
      const again = await openTestStore(copy);
      assert.deepEqual(again.health().notices, []);
      assert.equal(again.database.seq, store.database.seq);
      const [before, after] = [dump(store.database), dump(again.database)];
      for (const [table, rows] of Object.entries(before)) assert.deepEqual(after[table], rows, table);
      assert.equal(integrity(again.database), 'ok');
      assert.deepEqual(again.database.all('PRAGMA foreign_key_check'), []);
      for (const query of ['word1', 'word7 word8', '"word3 word3"']) {
        assert.deepEqual(again.search.log(query, 50), store.search.log(query, 50));
      }
      await Promise.all([store.close(), again.close()]);
    });
  }

  it('[RL-1] the dump sees a difference', async () => {
    const database = await openDatabase(newFolder());
    const before = dump(database);
    database.run("INSERT INTO fact (key, value) VALUES ('x', '1')");
    assert.notDeepEqual(dump(database), before);
    await database.close();
  });
});
