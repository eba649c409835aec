import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonProcess, Place } from './support/server-process.ts';
import type { SocketClient } from './support/socket-client.ts';
import { makeWorkspace } from './support/world.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures/plugins', name);
const listed = (...names: string[]): string => names.map(fixture).join(',');

describe('plugins of the daemon', () => {
  const place = new Place();
  let daemon: DaemonProcess;
  let client: SocketClient;
  before(async function () {
    this.timeout(60_000);
    const env = {
      PLURNK_PLUGINS: listed(
        'scheme',
        'executor',
        'provider',
        'mimetype',
        'packet',
        'packet-stuck',
        'packet-late',
        'failing',
        'broken',
      ),
      PLURNK_PLUGIN_TIMEOUT: '1500',
      PLURNK_MODEL_BIRD: 'parrot/grey',
      PLURNK_MODEL: 'bird',
    };
    daemon = await DaemonProcess.start(place, { env });
    client = await daemon.connect();
    const workspace = makeWorkspace(place.folder, 'workspace');
    writeFileSync(join(workspace, 'soup.recipe'), 'Boil water.\n');
    await client.call('session.create', { projectRoot: workspace });
  });
  after(async () => {
    await daemon.stop();
    place.remove();
  });

  const op = async (text: string) => {
    const { results } = await client.call('op.parse', { text });
    const [result] = results;
    if (result === undefined || 'error' in result) throw new Error(JSON.stringify(results));
    return result;
  };

  it('[RES-70] a scheme is read, found, edited and killed like any other', async () => {
    const read = await op('<<READ(shelf:///books/dune.md)::READ');
    assert.equal(read.status, 200);
    assert.match(String(read.entries[0]?.rx), /desert planet/);
    assert.equal((await op('<<READ(shelf:///books/none.md)::READ')).status, 404);
    assert.match(JSON.stringify((await op('<<FIND(shelf:///**):#desert#:FIND')).entries[0]?.rx), /dune\.md/);
    assert.equal((await op('<<EDIT(shelf:///books/new.md):A new book:EDIT')).status, 201);
    assert.match(String((await op('<<READ(shelf:///books/new.md)::READ')).entries[0]?.rx), /A new book/);
    assert.equal((await op('<<KILL(shelf:///books/new.md)::KILL')).status, 200);
    assert.equal((await op('<<READ(shelf:///books/new.md)::READ')).status, 404);
  });

  it('[RES-71] a plugin that throws fails its op with 500 and its sentence, never the server', async () => {
    const { status, entries } = await op('<<READ(shelf:///haunted.md)::READ');
    assert.equal(status, 500);
    assert.match(String(entries[0]?.rx), /haunted/);
    assert.deepEqual(await client.call('ping', {}), {});
  });

  it('[RES-70] [RES-23] an executor runs, at once when it changes nothing', async () => {
    const { status, entries } = await op('<<EXEC[count]:twelve chars:EXEC');
    assert.equal(status, 102);
    const ended = await client.until('stream/concluded', ({ scheme }) => scheme === 'count');
    assert.equal(ended.closeStatus, 200);
    const output = await client.call('entry.read', { target: `count://${entries[0]?.pathname}` });
    assert.equal(output.entry?.channels.stdout?.content, '12\n');
    const { capabilities } = await client.call('discover', {});
    assert.ok(capabilities.runtimes.includes('count') && capabilities.schemes.includes('shelf'));
    assert.ok(capabilities.mimetypes.includes('text/x-recipe'));
  });

  it('[RES-70] a mimetype belongs to its extension', async () => {
    const { entries } = await op('<<FIND(soup.recipe)::FIND');
    assert.match(JSON.stringify(entries[0]?.rx), /text\/x-recipe/);
  });

  it('[RES-70] [RES-72] [PKT-2] a provider answers, its packet is transformed, attributions are sorted and unique', async () => {
    const { aliases } = await client.call('providers.list', {});
    assert.deepEqual(aliases, [{ alias: 'bird', provider: 'parrot', model: 'grey', active: true, contextSize: null }]);
    const started = await client.call('loop.run', { prompt: 'Polly' });
    assert.ok('loopId' in started);
    const end = await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    assert.equal(end.finalStatus, 200, end.reason);
    const { entries } = await client.call('log.read', { runId: started.modelRunId, limit: 1000 });
    const message = entries.find(row => row.op === 'SEND' && row.signal === 200);
    assert.deepEqual(message?.tx, {
      body: { raw: 'stamped true, attributions a-stamp plurnk-example-shelf', json: null },
    });
    const packet = await client.call('packet.read', { turnId: end.turnIds[0] ?? 0 });
    const content = (name: string) => packet.sections.find(section => section.name === name)?.content;
    assert.equal(content('stamp'), 'Stamped by a plugin');
    assert.match(content('late') ?? '', /^Came late, after definition .*prompt requirements stamp$/);
    assert.match(packet.sections.find(section => section.name === 'schemes')?.content ?? '', /a book of the shelf/);
    assert.match(packet.sections.find(section => section.name === 'tools')?.content ?? '', /counts characters/);
  });

  it('[RES-70] [UI-1] the models of a provider are offered, listed, checked and taken by name', async () => {
    const { capabilities } = await client.call('discover', {});
    assert.ok(capabilities.providers.includes('parrot') && capabilities.providers.includes('openai'));
    const offered = async (params: { provider?: string }) =>
      (await client.call('models.discover', params)).models
        .filter(({ provider }) => provider === 'parrot')
        .map(({ alias, configured }) => `${alias} ${configured}`);
    assert.deepEqual(await offered({}), ['parrot/green false', 'bird true']);
    assert.deepEqual(await offered({ provider: 'parrot' }), ['parrot/green false', 'bird true']);
    const { checks } = await client.call('doctor', {});
    const check = checks.find(({ name }) => name === 'model bird');
    assert.deepEqual([check?.level, check?.message], ['ok', 'parrot/grey, window of 50000 tokens']);
    const { aliases } = await client.call('providers.list', {});
    assert.equal(aliases[0]?.contextSize, 50_000);
    assert.match((await client.call('models.test', { alias: 'parrot/green' })).text ?? '', /stamped false/);
  });

  it('[RES-71] [PKT-2] packet plugins that throw or take too long are left out, and the person is told', async () => {
    const told = await client.until('telemetry/event', ({ event }) => event.data?.plugin === 'stuck');
    assert.deepEqual(told.event, {
      source: 'plugin',
      kind: 'packet_plugin_failed',
      level: 'warn',
      message: 'The packet plugin "stuck" was left out: it took longer than 1500 ms.',
      data: { plugin: 'stuck' },
    });
    const { turns } = await client.call('run.turns', {});
    assert.deepEqual(turns.at(-1)?.meta.packetPlugins, {
      applied: ['stamp', 'late'],
      failed: {
        failing: 'The packet plugin "failing" was left out: no packet today',
        stuck: told.event.message,
      },
    });
  });

  it('[RES-71] a plugin that cannot be loaded is named, and the others work', async () => {
    const { checks } = await client.call('doctor', {});
    assert.ok(
      checks.some(
        ({ level, message }) => level === 'warn' && /broken was not loaded: this module is broken/.test(message),
      ),
    );
  });
});

describe('plugins that are refused', () => {
  const start = async (env: Record<string, string>): Promise<string> => {
    const place = new Place();
    try {
      const daemon = await DaemonProcess.start(place, { env });
      const client = await daemon.connect();
      const { checks } = await client.call('doctor', {});
      const { capabilities } = await client.call('discover', {});
      await daemon.stop();
      return JSON.stringify({ checks, capabilities });
    } finally {
      place.remove();
    }
  };

  it('[RES-71] two of the same kind and name end the start with a sentence that names both', async function () {
    this.timeout(60_000);
    const both = start({ PLURNK_PLUGINS: listed('scheme', 'rival') });
    await assert.rejects(both, /Two plugins are the scheme "shelf": plurnk-example-shelf and plurnk-example-rival/);
  });

  it('[RES-72] the attribution namespace of our own packages is reserved', async function () {
    this.timeout(60_000);
    await assert.rejects(
      start({ PLURNK_PLUGINS: listed('impostor') }),
      /plurnk-example-impostor.*@plurnk\/ is reserved/,
    );
  });

  it('[RES-71] PLURNK_PLUGINS_TRUSTED_ONLY loads only what the operator trusts', async function () {
    this.timeout(60_000);
    const said = await start({
      PLURNK_PLUGINS: listed('scheme', 'executor'),
      PLURNK_PLUGINS_TRUSTED_ONLY: '1',
      PLURNK_PLUGINS_TRUSTED: 'plurnk-example-count',
    });
    assert.match(said, /plurnk-example-shelf is not in PLURNK_PLUGINS_TRUSTED/);
    assert.ok(said.includes('"count"') && !said.includes('"shelf"'));
  });
});
