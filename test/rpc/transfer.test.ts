import assert from 'node:assert/strict';
import type { MethodResult } from '@plurnk/protocol';
import { throughBothDoors } from './support/both-doors.ts';
import type { TestClient } from './support/test-client.ts';
import { makeWorld, WORLD_SCRIPTS } from './support/world.ts';

type Rows = MethodResult<'log.read'>['entries'];

/** What of a row does not depend on where it is stored. */
const placeless = (rows: Rows) =>
  rows.map(({ id: _id, run_id: _run, loop_id: _loop, turn_id: _turn, ...rest }) => rest);

/** Everything a person can see of a run, without ids. */
async function seen(client: TestClient, runId: number) {
  const { entries } = await client.call('log.read', { runId, limit: 1000 });
  const { turns } = await client.call('run.turns', { runId });
  const packets = await Promise.all(turns.map(({ id }) => client.call('packet.read', { turnId: id })));
  return {
    rows: placeless(entries),
    statuses: turns.map(({ status, model, prompt_tokens }) => ({ status, model, prompt_tokens })),
    packets: packets.map(({ sections, emission }) => ({ sections, emission })),
  };
}

throughBothDoors('sessions out and in', WORLD_SCRIPTS, door => {
  it('[UI-32] an exported session comes back whole: log, turns, packets byte for byte, entries, rules', async function () {
    this.timeout(60_000);
    const world = await makeWorld(door(), door().client);
    const { client, sessionId } = world;
    const long = 'a long line of a note\n'.repeat(500);
    assert.equal((await client.call('op.edit', { target: 'known:///long.md', content: long })).status, 201);
    await client.call('session.constrain', { effect: 'hide', glob: 'src/**' });
    const policies = [{ name: 'all', kind: 'exec', effect: 'allow', pattern: '*' }] as const;
    await client.call('session.configure', { settings: { maxCommands: 7, policies: [...policies] } });
    const before = await seen(client, world.modelRunId);
    assert.ok(before.rows.length > 5 && before.packets.every(({ sections }) => sections.length > 3));
    const { content, filename } = await client.call('session.export', { id: sessionId, format: 'session' });
    assert.match(filename, /\.session\.jsonl$/);

    // Into the same database under a free name, and into that of another server.
    const strange = await door().fresh();
    for (const other of [client, strange]) {
      const made = await other.call('session.import', { content, projectRoot: world.workspace });
      assert.equal(made.projectRoot, world.workspace);
      await other.until('session/created', ({ id }) => id === made.id);
      await other.call('session.attach', { id: made.id });
      const run = (await other.call('session.runs', {})).runs.find(({ origin }) => origin === 'model');
      assert.ok(run !== undefined && (other === strange || run.id !== world.modelRunId));
      assert.deepEqual(await seen(other, run.id), before);
      const { entry } = await other.call('entry.read', { target: 'known:///long.md' });
      assert.equal(entry?.channels.body?.content, long);
      assert.deepEqual((await other.call('session.constraints', {})).constraints, [{ effect: 'hide', glob: 'src/**' }]);
      const { settings } = await other.call('session.configure', { settings: {} });
      assert.deepEqual([settings.maxCommands, settings.policies], [7, undefined], 'it brings no auto-approval');
      const { hits } = await other.call('session.search', { query: 'second', id: made.id });
      assert.ok(hits.length > 0, 'its texts are found');
      const again = await other.call('session.export', { id: made.id, format: 'session' });
      assert.equal(kinds(again.content, 'row:log_row'), kinds(content, 'row:log_row'));
      // A new prompt in the imported session works on it.
      assert.equal((await other.call('op.edit', { target: 'known:///plan.md', content: 'more' })).status, 200);
    }
    await client.call('session.attach', { id: sessionId });
  });

  it('[RPC-2] a file that is none, of another kind, damaged or of a newer version is refused with a sentence', async function () {
    this.timeout(60_000);
    const world = await makeWorld(door(), door().client);
    const { client, sessionId } = world;
    const files = Object.fromEntries(
      await Promise.all(
        (['session', 'jsonl', 'html'] as const).map(async format => {
          const { content } = await client.call('session.export', { id: sessionId, format });
          return [format, content] as const;
        }),
      ),
    );
    const whole = files.session ?? '';
    const { sessions } = await client.call('session.list', {});
    const head = whole.slice(0, whole.indexOf('\n'));
    const newer = (what: object) => whole.replace(head, JSON.stringify({ ...JSON.parse(head), ...what }));
    for (const [content, sentence] of [
      ['hello', /not an exported Plurnk session/],
      [' \n ', /is empty/],
      ['{"kind":"other"}', /not an exported Plurnk session/],
      [files.jsonl, /for scripts.*format "session"/],
      [files.html, /for reading.*format "session"/],
      [newer({ version: 2 }), /newer Plurnk \(version 2, schema 1\); this one reads up to version 1, schema 1/],
      [newer({ schema: 999 }), /newer Plurnk \(version 1, schema 999\)/],
      [whole.slice(0, whole.length / 2), /damaged/],
      [whole.replace('"kind":"row"', '"kind":"cow"'), /line \d+ is neither a text nor a row/],
      [withRow(whole, 'log_row', { attrs: '{' }), /log_row\.attrs is not JSON/],
      [withRow(whole, 'log_row', { tokens: 'many' }), /damaged/],
      [withRow(whole, 'log_row', { run_id: 4711 }), /a run \(run\/4711\) that it lacks/],
      [
        whole
          .split('\n')
          .filter(line => !line.includes('"table":"session"'))
          .join('\n'),
        /holds no session/,
      ],
    ] as const) {
      const refused = await client.refused('session.import', { content });
      assert.deepEqual([refused.code, refused.data.field], [-32602, 'content']);
      assert.match(refused.message, sentence);
    }
    assert.deepEqual((await client.call('session.list', {})).sessions, sessions, 'nothing is left of them');
    const taken = await client.refused('session.import', { content: whole, name: world.sessionName });
    assert.match(taken.message, /There is a session named/);
    const run = await client.refused('session.export', { id: sessionId, format: 'session', runId: world.modelRunId });
    assert.match(run.message, /whole session/);
  });
});

/** How many lines of that kind an export has. */
function kinds(content: string, kind: string): number {
  return content
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { kind: string; table?: string })
    .filter(each => `${each.kind}:${each.table}` === kind).length;
}

/** The export with the first row of a table changed. */
function withRow(content: string, table: string, change: object): string {
  let done = false;
  return content
    .split('\n')
    .map(text => {
      if (done || !text.includes(`"table":"${table}"`)) return text;
      const line = JSON.parse(text) as { row: object };
      done = true;
      return JSON.stringify({ ...line, row: { ...line.row, ...change } });
    })
    .join('\n');
}
