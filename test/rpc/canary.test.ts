import assert from 'node:assert/strict';
import { KEY, leakIn, leaksInFiles, makeTraps, rowsOf, startTraps, type Trap } from './support/canary.ts';
import type { EditorClient } from './support/editor-client.ts';
import type { ModelServer } from './support/model-endpoint.ts';
import { DaemonProcess, Place, startLanguageServer } from './support/server-process.ts';
import type { TestClient } from './support/test-client.ts';
import { makeWorkspace } from './support/world.ts';

const PROMPT = 'zirconium teapot';

/** A prompt to the model of a trap, to its end. Every answer and notification is kept for the search. */
async function fallInto({ alias, fault }: Trap, client: TestClient, said: unknown[]): Promise<void> {
  const session = await client.call('session.create', { name: `session-${alias}` });
  const started = await client.call('loop.run', { prompt: PROMPT, alias });
  assert.ok('loopId' in started, `${alias}: ${JSON.stringify(started)}`);
  const end = await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
  assert.equal(end.finalStatus, 500, `${alias}, ${fault}: ${end.reason}`);
  said.push(session, started, end, await client.call('log.read', { runId: started.modelRunId, limit: 1000 }));
  for (const turnId of end.turnIds) said.push(await client.call('packet.read', { turnId }));
}

async function askAround(client: TestClient, said: unknown[]): Promise<void> {
  const { sessions } = await client.call('session.list', {});
  for (const { id } of sessions) {
    for (const format of ['jsonl', 'html'] as const) said.push(await client.call('session.export', { id, format }));
  }
  for (const name of ['providers.list', 'doctor', 'discover', 'models.discover'] as const) {
    said.push(await client.call(name, {}));
  }
}

/** The search is proven to find what is there before it may say that the key is not. */
function assertClean(text: string, where: string): void {
  assert.ok(text.includes(PROMPT), `${where} does not hold the prompt: the search would find nothing`);
  assert.equal(leakIn(text), null, where);
}

/** One file has the key on purpose. */
function assertNoFile(place: Place): void {
  const control = place.file('control.txt', KEY);
  const leaks = leaksInFiles(place.folder);
  assert.equal(leaks.length, 1, leaks.join('\n'));
  assert.ok(leaks[0]?.startsWith(control));
}

describe('a canary key in a whole server', () => {
  it('[#8] [UI-3] comes out of no failure of the daemon: no message, row, packet, export, log or file', async function () {
    this.timeout(180_000);
    const traps = makeTraps();
    const server = await startTraps(traps);
    const place = new Place();
    const daemon = await DaemonProcess.start(place, { env: environment(traps, server) });
    let log = '';
    for (const stream of [daemon.child.stdout, daemon.child.stderr]) stream?.on('data', data => (log += String(data)));
    try {
      const said: unknown[] = [];
      const clients = await Promise.all(traps.map(() => daemon.connect()));
      await Promise.all(
        traps.map(async (trap, at) => {
          const client = clients[at];
          assert.ok(client);
          await fallInto(trap, client, said);
          said.push(await client.call('models.test', { alias: trap.alias }), client.received);
        }),
      );
      assertReached(traps, server);
      const asker = await daemon.connect();
      await asker.call('session.create', { name: 'asker', projectRoot: makeWorkspace(place.folder, 'workspace') });
      await asker.call('op.edit', { target: 'known:///tea.md', content: PROMPT });
      said.push(await asker.call('op.find', { scope: 'known:///**', matcher: '~hot water' }));
      assert.ok(
        server.seen.some(({ path }) => path.startsWith('/embed')),
        'the embedding endpoint was not asked',
      );
      said.push(await commandOutput(asker));
      await askAround(asker, said);
      said.push(asker.received, await daemon.stop());
      assertClean(JSON.stringify(said), 'what clients were told');
      assert.equal(leakIn(log), null, 'the log');
      assertClean(await rowsOf(place.storage), 'the rows');
      assertNoFile(place);
    } finally {
      await daemon.kill();
      await server.close();
      place.remove();
    }
  });

  it('[#8] [UI-3] comes out of no failure of the language server, with keys of the secret storage', async function () {
    this.timeout(180_000);
    const traps = makeTraps(fault => !/status (429|5\d\d)|error page|cut|stream|empty/.test(fault));
    const server = await startTraps(traps);
    const place = new Place();
    let editor: EditorClient | null = null;
    try {
      const models = traps.map(({ alias, dialect, path }) => ({
        alias,
        provider: dialect.provider,
        model: dialect.model,
        baseUrl: `${server.root}${path}${dialect.base}`,
      }));
      const secrets = Object.fromEntries(traps.map(({ alias }) => [alias, KEY]));
      editor = await startLanguageServer(place, {}, { settings: { models }, secrets });
      const logged: unknown[] = [];
      editor.connection.onNotification('window/logMessage', (message: unknown) => void logged.push(message));
      const said: unknown[] = [];
      for (const trap of traps) {
        await fallInto(trap, editor, said);
        said.push(await editor.call('models.test', { alias: trap.alias }));
      }
      assertReached(traps, server);
      await askAround(editor, said);
      said.push(editor.received, logged);
      await editor.close();
      assertClean(JSON.stringify(said), 'what the editor was told');
      assertClean(await rowsOf(`${place.folder}/editor-storage`), 'the rows');
      assertNoFile(place);
    } finally {
      await editor?.close();
      await server.close();
      place.remove();
    }
  });
});

/** The key really was on the way to every trap. */
function assertReached(traps: readonly Trap[], server: ModelServer): void {
  for (const { alias, path } of traps) {
    const seen = server.seen.find(each => each.path.startsWith(`${path}/`));
    assert.ok(seen !== undefined, `${alias} was not asked`);
    assert.ok(leakIn(JSON.stringify([seen.headers, seen.path])) !== null, `${alias} was asked without the key`);
  }
}

function environment(traps: readonly Trap[], server: ModelServer): Record<string, string> {
  const models = traps.flatMap(({ alias, dialect, path }) => [
    [`PLURNK_MODEL_${alias.toUpperCase()}`, `${dialect.provider}/${dialect.model}`],
    [`PLURNK_BASE_URL_${alias.toUpperCase()}`, `${server.root}${path}${dialect.base}`],
  ]);
  return {
    ...Object.fromEntries(models),
    OPENAI_API_KEY: KEY,
    ANTHROPIC_API_KEY: KEY,
    GOOGLE_GENERATIVE_AI_API_KEY: KEY,
    AZURE_API_KEY: KEY,
    PLURNK_EMBED_BASE_URL: `${server.root}/embed`,
    PLURNK_EMBED_MODEL: 'any',
    PLURNK_EMBED_API_KEY: KEY,
    // Not known as a key by its name, only by its value.
    SOMETHING_ELSE: `x-${KEY}`,
  };
}

/** What a command sees of the environment. */
async function commandOutput(client: TestClient): Promise<unknown> {
  const accept = client.on('loop/proposal', ({ logEntryId }) => {
    client.call('loop.resolve', { logEntryId, decision: 'accept' }).catch(() => undefined);
  });
  const { entries } = await client.call('op.exec', { command: 'env' });
  const { target, closeStatus } = await client.until('stream/concluded');
  accept.dispose();
  assert.equal(closeStatus, 200);
  const read = await client.call('entry.read', { target });
  assert.match(JSON.stringify(read), /PATH=/);
  return [entries, read];
}
