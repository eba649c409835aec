import assert from 'node:assert/strict';
import type { EntryKey } from '../../../server/src/store/contract.ts';
import type { SqlStore } from '../../../server/src/store/store.ts';
import {
  AT,
  integrity,
  ManualTimers,
  newFolder,
  newRow,
  openTestStore,
  removeFolders,
  type Seeded,
  seed,
} from './support.ts';

describe('entries and search', () => {
  let store: SqlStore;
  let work: Seeded;
  let timers: ManualTimers;

  beforeEach(async () => {
    timers = new ManualTimers();
    store = await openTestStore(newFolder(), { after: timers.after });
    work = seed(store);
  });

  afterEach(async () => {
    assert.equal(integrity(store.database), 'ok');
    await store.close();
  });

  after(removeFolders);

  const key = (pathname: string, more: Partial<EntryKey> = {}): EntryKey => ({
    sessionId: work.session.id,
    scope: 'session',
    runId: null,
    scheme: 'known',
    pathname,
    ...more,
  });
  const write = (pathname: string, content: string, more: Partial<EntryKey> = {}) => {
    const { entry } = store.entries.ensure(key(pathname, more), AT);
    store.entries.write(entry.id, { name: 'body', mimetype: 'text/markdown', content, tokens: 1, at: AT });
    return entry.id;
  };

  it('one entry per key; files, schemes and scratch do not meet', () => {
    const keys = [
      key('/a'),
      key('/a', { scheme: null }),
      key('/a', { scope: 'run', runId: work.run.id, scheme: 'run' }),
      key('/a', { scheme: 'unknown' }),
    ];
    const made = keys.map(each => store.entries.ensure(each, AT));
    assert.equal(new Set(made.map(({ entry }) => entry.id)).size, 4);
    for (const [index, each] of keys.entries()) {
      assert.deepEqual(store.entries.ensure(each, AT + 1), { entry: made[index]?.entry, created: false });
      assert.deepEqual(store.entries.find(each), { ...each, ...made[index]?.entry });
    }
    assert.deepEqual(store.entries.schemes(work.session.id), [null, 'known', 'unknown']);
  });

  it('lists by prefix, pathname ascending', () => {
    for (const pathname of ['/b/2', '/a', '/b/10', '/c', '/b/\u{1F600}']) store.entries.ensure(key(pathname), AT);
    const paths = (prefix?: string) =>
      store.entries
        .list({ sessionId: work.session.id, scheme: 'known', ...(prefix === undefined ? {} : { prefix }) })
        .map(entry => entry.pathname);
    assert.deepEqual(paths(), ['/a', '/b/10', '/b/2', '/b/\u{1F600}', '/c']);
    assert.deepEqual(paths('/b/'), ['/b/10', '/b/2', '/b/\u{1F600}']);
  });

  it('keeps tags and attributes', () => {
    const id = write('/a', 'x');
    store.entries.setTags(id, ['one', 'two'], AT + 1);
    store.entries.setAttrs(id, { signature: 's' }, AT + 2);
    const entry = store.entries.get(id);
    assert.deepEqual([entry?.tags, entry?.attrs, entry?.updatedAt], [['one', 'two'], { signature: 's' }, AT + 2]);
  });

  it('[ENG-1] writes whole contents, counts lines, and stores the same text once', () => {
    const id = write('/a', 'one\ntwo\n');
    assert.deepEqual(store.entries.channel(id, 'body'), {
      entryId: id,
      name: 'body',
      mimetype: 'text/markdown',
      length: 8,
      lines: 2,
      tokens: 1,
      contentHash: store.blobs.put('one\ntwo\n'),
      state: 'static',
    });
    const before = store.maintenance.sizes().blobs;
    write('/b', 'one\ntwo\n');
    assert.equal(store.maintenance.sizes().blobs, before);
    for (const [text, lines] of [
      ['', 0],
      ['x', 1],
      ['x\ny', 2],
      ['\n', 1],
    ] as const) {
      write('/a', text);
      assert.deepEqual([store.entries.channel(id, 'body')?.lines, store.entries.content(id, 'body')], [lines, text]);
    }
    assert.equal(store.entries.content(id, 'other'), null);
  });

  it('[ENG-52] an active channel grows by what is appended, any slice of it can be read', () => {
    const { entry } = store.entries.ensure(key('/1/1/1', { scheme: 'sh' }), AT);
    store.entries.write(entry.id, {
      name: 'stdout',
      mimetype: 'text/plain',
      content: '',
      tokens: 0,
      state: 'active',
      at: AT,
    });
    let whole = '';
    for (let index = 0; index < 400; index++) {
      const text = index % 97 === 0 ? 'nul \0 byte\n' : `line ${index} ü\u{1F600}${'.'.repeat(index % 50)}\n`;
      whole += text;
      store.entries.append(entry.id, 'stdout', { text, tokens: 2, at: AT });
    }
    const grown = store.entries.channel(entry.id, 'stdout');
    assert.deepEqual([grown?.length, grown?.lines, grown?.tokens, grown?.state], [whole.length, 400, 800, 'active']);
    assert.equal(store.entries.content(entry.id, 'stdout'), whole);
    for (let from = 0; from < whole.length; from += 777) {
      assert.equal(store.entries.slice(entry.id, 'stdout', from, from + 500), whole.slice(from, from + 500));
    }
    assert.equal(store.entries.slice(entry.id, 'stdout', whole.length - 3), whole.slice(-3));
    const chunks = store.database.get('SELECT count(*) AS count FROM chunk')?.count;
    assert.ok(Number(chunks) < 40, `${chunks} chunks for 400 lines`);
    store.entries.setChannelState(entry.id, 'stdout', 'closed');
    assert.equal(store.entries.content(entry.id, 'stdout'), whole);
    assert.equal(store.entries.channel(entry.id, 'stdout')?.contentHash, store.blobs.put(whole));
  });

  it('[RES-43] a stream is searched once it has ended', () => {
    const { entry } = store.entries.ensure(key('/1/1/2', { scheme: 'sh' }), AT);
    const stdout = { name: 'stdout', mimetype: 'text/plain', content: '', tokens: 0, state: 'active' as const, at: AT };
    store.entries.write(entry.id, stdout);
    store.entries.append(entry.id, 'stdout', { text: 'needle in', tokens: 2, at: AT });
    store.entries.append(entry.id, 'stdout', { text: ' a haystack', tokens: 2, at: AT });
    assert.equal(store.search.entries(work.session.id, 'haystack', 5).length, 0);
    store.entries.setChannelState(entry.id, 'stdout', 'closed');
    assert.equal(store.search.entries(work.session.id, '"needle in a haystack"', 5).length, 1);
    store.entries.append(entry.id, 'stdout', { text: ' and more', tokens: 2, at: AT });
    assert.equal(store.search.entries(work.session.id, 'haystack', 5).length, 1);
  });

  it('removes an entry with its channels', () => {
    const id = write('/a', 'unique words here');
    assert.equal(store.search.entries(work.session.id, 'unique', 5).length, 1);
    store.entries.remove(id);
    assert.deepEqual([store.entries.get(id), store.entries.channels(id)], [null, []]);
    assert.deepEqual(store.search.entries(work.session.id, 'unique', 5), []);
  });

  it('[RES-43] ranks entries by their words, sees the last write, and stays in the session', () => {
    const cats = write('/one.md', 'Cats sleep. A cat is a cat.');
    const dogs = write('/two.md', `Dogs bark. One dog chased a cat. ${'Other words follow. '.repeat(40)}`);
    const other = seed(store, 'other');
    write('/elsewhere.md', 'cat cat cat', { sessionId: other.session.id });
    write('/scratch.md', 'cat', { scope: 'run', runId: work.run.id, scheme: 'run' });
    const found = (query: string) => store.search.entries(work.session.id, query, 10).map(hit => hit.entryId);
    assert.deepEqual(found('cat'), [cats, dogs]);
    assert.deepEqual(found('dog cat'), [dogs, cats], 'all words before any word');
    write('/one.md', 'Nothing left.');
    assert.deepEqual(found('cat'), [dogs]);
    assert.deepEqual(found('left'), [cats]);
    assert.match(store.search.entries(work.session.id, 'bark', 1)[0]?.snippet ?? '', /Dogs bark/);
  });

  it('[RES-42] nothing a person types is an operator of the index', () => {
    write('/a.md', 'plain text');
    for (const query of [
      '"',
      '""',
      'a AND',
      'NEAR/2',
      '* OR *',
      'body:plain',
      '-plain (',
      "'; DROP TABLE entry; --",
      '',
    ]) {
      assert.ok(Array.isArray(store.search.entries(work.session.id, query, 5)), query);
    }
    assert.equal(store.search.entries(work.session.id, '"plain text"', 5).length, 1);
    assert.equal(store.search.entries(work.session.id, '"text plain"', 5).length, 0);
  });

  it('searches prompts, targets and results of every session or of one, and follows changes', () => {
    const row = store.log.append(newRow(work, 1, { rx: 'alpha result', pathname: '/deep/target.ts' }));
    const other = seed(store, 'other');
    store.log.append(newRow(other, 1, { rx: 'alpha elsewhere' }));
    store.log.append(newRow(other, 2, { op: 'model', rx: 'alpha mirrored' }));
    assert.equal(store.search.log('alpha', 10).length, 2);
    assert.deepEqual(
      store.search.log('alpha', 10, work.session.id).map(hit => [hit.logEntryId, hit.runId]),
      [[row.id, work.run.id]],
    );
    assert.equal(store.search.log('target ts', 10).length, 1);
    store.log.update(row.id, { rx: 'beta' });
    assert.deepEqual([store.search.log('beta', 10).length, store.search.log('alpha', 10).length], [1, 1]);
    store.log.delete([row.id]);
    assert.equal(store.search.log('beta', 10).length, 0);
  });

  it('the index fills by itself, behind the commits', () => {
    for (let sequence = 1; sequence <= 300; sequence++) store.log.append(newRow(work, sequence));
    const waiting = () => Number(store.database.get('SELECT count(*) AS count FROM log_row WHERE indexed = 0')?.count);
    assert.equal(waiting(), 300);
    for (let turn = 0; turn < 3; turn++) timers.fire(400);
    assert.equal(waiting(), 0);
    assert.equal(store.search.log('matcher', 500).length, 300);
  });
});
