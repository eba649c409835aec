/**
 * Writes the fixture of the newest schema: `node --conditions=plurnk-source test/unit/store/make-fixture.ts`. Run once,
 * when a schema is about to be released; a released fixture is never written again (migrations.test.ts opens them all).
 */
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrations } from '../../../server/src/store/migrations/index.ts';
import { AT, newFolder, newRow, openTestStore, removeFolders, seed } from './support.ts';

const target = join(
  new URL('../../fixtures/store/', import.meta.url).pathname,
  `schema-${String(migrations.at(-1)?.number).padStart(4, '0')}`,
);
if (existsSync(target) && !process.argv.includes('--force')) throw new Error(`${target} exists already.`);

const folder = newFolder();
const store = await openTestStore(folder);
const work = seed(store, 'fixture');
store.log.append(newRow(work, 1));
const row = store.log.append(newRow(work, 2, { op: 'EDIT', rx: 'long '.repeat(500) }));
store.proposals.create({
  logEntryId: row.id,
  sessionId: work.session.id,
  runId: work.run.id,
  kind: 'edit',
  scheme: null,
  pathname: '/a.ts',
  body: 'diff',
  attrs: {},
  baselineHash: store.blobs.put('before'),
  baseSignature: 's',
  proposedHash: store.blobs.put('after'),
  createdAt: AT,
});
store.turns.update(work.turn.id, { emission: '<<SEND[200]:done:SEND', model: 'm', costPico: 5 });
store.turns.savePacket(work.turn.id, [
  { name: 'log', slot: 'user', header: null, content: 'ab', parts: ['a', 'b'], tokens: 2 },
]);
store.facts.set('k', 1);
store.search.log('result', 1);
await store.database.snapshot();
store.log.append(newRow(work, 3));
const key = { sessionId: work.session.id, scope: 'session', runId: null, scheme: 'known', pathname: '/n.md' } as const;
const { entry } = store.entries.ensure(key, AT);
const body = { name: 'body', mimetype: 'text/markdown', content: 'behind the snapshot', tokens: 3, at: AT };
store.entries.write(entry.id, body);
await store.close();
mkdirSync(target, { recursive: true });
for (const name of readdirSync(folder)) {
  if (name !== 'owner.json') cpSync(join(folder, name), join(target, name));
}
removeFolders();
