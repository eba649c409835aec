import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChatServer } from './support/chat-server.ts';
import type { EditorClient } from './support/editor-client.ts';
import { Place, startLanguageServer } from './support/server-process.ts';
import { makeWorkspace } from './support/world.ts';

describe('the language server and its editor', () => {
  const place = new Place();
  const clients: EditorClient[] = [];
  let editor: EditorClient;
  let workspace: string;
  const edit = '<<PLAN:Change.:PLAN\n<<EDIT(hello.txt)<1>:good day:EDIT\n<<SEND[102]:on:SEND';
  const end = '<<PLAN:End.:PLAN\n<<SEND[200]:done:SEND';

  before(async function () {
    this.timeout(60_000);
    workspace = makeWorkspace(place.folder, 'workspace');
    editor = await startLanguageServer(place, { scripts: { writer: [edit, end, edit, end] } });
    clients.push(editor);
    await editor.call('session.create', { projectRoot: workspace });
  });
  after(async function () {
    this.timeout(60_000);
    for (const client of clients) await client.close();
    place.remove();
  });

  it('[RES-62] READ sees the text of an unsaved document, and the file again when it was saved or closed', async () => {
    const path = join(workspace, 'hello.txt');
    const read = async () => String((await editor.call('op.read', { target: 'hello.txt' })).entries[0]?.rx);
    await editor.connection.sendNotification('plurnk/buffers.changed', { buffers: [{ path, text: 'unsaved\n' }] });
    assert.match(await read(), /unsaved/);
    await editor.connection.sendNotification('plurnk/buffers.changed', { buffers: [{ path, text: null }] });
    assert.match(await read(), /hello/);
  });

  it('[RES-64] [ENG-61] an edit that the editor refuses is a rejection, and the file stays as it was', async () => {
    editor.answer('plurnk/editor.applyEdit', () => ({ applied: false, reason: 'the document is read-only' }));
    const started = await editor.call('loop.run', { prompt: 'Change it' });
    assert.ok('loopId' in started);
    const { logEntryId } = await editor.until('loop/proposal');
    const settled = await editor.call('loop.resolve', { logEntryId, decision: 'accept' });
    assert.equal(settled.status, 400);
    await editor.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    const { entries } = await editor.call('log.read', { runId: started.modelRunId, limit: 1000 });
    assert.equal(entries.find(row => row.id === logEntryId)?.outcome, 'apply_failed');
    assert.equal(readFileSync(join(workspace, 'hello.txt'), 'utf8'), 'hello\nworld\n');
  });

  it('[RES-64] an accepted edit arrives through the editor, with the absolute path and the whole text', async () => {
    const seen: unknown[] = [];
    editor.answer('plurnk/editor.applyEdit', ({ edit }) => {
      seen.push(edit);
      return { applied: true };
    });
    const before = editor.payloads('loop/proposal').length;
    const started = await editor.call('loop.run', { prompt: 'Change it' });
    assert.ok('loopId' in started);
    const fresh = await editor.until('loop/proposal', () => editor.payloads('loop/proposal').length > before);
    const { logEntryId } = editor.payloads('loop/proposal').at(-1) ?? fresh;
    await editor.call('loop.resolve', { logEntryId, decision: 'accept' });
    await editor.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    const path = join(workspace, 'hello.txt');
    assert.deepEqual(seen, [{ kind: 'write', path, text: 'good day\nworld\n', create: false }]);
  });

  it('[RL-17] an untrusted workspace runs nothing and writes nothing, and everything again once it is trusted', async () => {
    await editor.connection.sendNotification('plurnk/editor.changed', { trusted: false });
    const written = await editor.call('op.edit', { target: 'new.txt', content: 'x' });
    assert.equal(written.status, 403);
    const run = await editor.call('op.exec', { command: 'touch ran.txt' });
    assert.equal(run.status, 403);
    assert.ok(!existsSync(join(workspace, 'ran.txt')));
    assert.equal((await editor.call('op.read', { target: 'src/a.ts' })).status, 200);
    await editor.connection.sendNotification('plurnk/editor.changed', { trusted: true });
    const review = editor.on('loop/proposal', ({ logEntryId }) => {
      editor.call('loop.resolve', { logEntryId, decision: 'accept' }).catch(() => undefined);
    });
    assert.equal((await editor.call('op.exec', { command: 'true' })).status, 102);
    review.dispose();
  });

  it('[UI-1] uses a model of the editor, streams what it says, and cancels it with the loop', async () => {
    editor.answer('plurnk/lm.list', () => ({
      models: [{ id: 'own-1', name: 'Own', vendor: 'editor', family: 'own', maxInputTokens: 8000 }],
    }));
    const { models } = await editor.call('models.discover', { provider: 'lm' });
    assert.deepEqual(
      models.map(({ alias, contextSize }) => ({ alias, contextSize })),
      [{ alias: 'lm/own-1', contextSize: 8000 }],
    );
    editor.answer('plurnk/lm.generate', async ({ requestId, modelId, messages }) => {
      assert.equal(modelId, 'own-1');
      assert.deepEqual(
        messages.map(({ role }) => role),
        ['system', 'user'],
      );
      for (const text of ['<<PLAN:Answer.:PLAN\n<<SEND[200]:from the', ' editor:SEND']) {
        await editor.connection.sendNotification('plurnk/lm.part', { requestId, kind: 'text', text });
      }
      return { ok: true, model: 'own-1', promptTokens: 11, completionTokens: 7 };
    });
    const started = await editor.call('loop.run', { prompt: 'Say something', alias: 'lm/own-1' });
    assert.ok('loopId' in started);
    const ended = await editor.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    assert.equal(ended.finalStatus, 200, ended.reason);
    assert.equal(ended.usage.promptTokens, 11);
    const text = editor
      .payloads('turn/delta')
      .filter(({ loopId }) => loopId === started.loopId)
      .map(delta => delta.text)
      .join('');
    assert.match(text, /from the editor/);

    const asked = Promise.withResolvers<void>();
    const cancelled = new Promise<void>(resolve => {
      editor.answer('plurnk/lm.generate', (_params, signal) => {
        asked.resolve();
        return new Promise(answer => {
          signal.addEventListener('abort', () => {
            resolve();
            answer({ ok: false, code: 'Unknown', message: 'cancelled' });
          });
        });
      });
    });
    const second = await editor.call('loop.run', { prompt: 'Say more', alias: 'lm/own-1' });
    assert.ok('loopId' in second);
    await asked.promise;
    await editor.call('loop.cancel', {});
    await cancelled;
    const stopped = await editor.until('loop/terminated', ({ loopId }) => loopId === second.loopId);
    assert.equal(stopped.finalStatus, 499);
  });

  it('[UI-3] takes models from the settings and keys from the secret storage, at any time, and stores neither', async () => {
    const server = new ChatServer(() => '<<PLAN:Answer.:PLAN\n<<SEND[200]:ready:SEND');
    try {
      const baseUrl = await server.listen();
      const key = 'key-from-the-secret-storage-4711';
      await editor.connection.sendNotification('plurnk/editor.changed', {
        settings: {
          model: 'mine',
          models: [{ alias: 'mine', provider: 'openai', model: 'mock-1', baseUrl, contextSize: 32_000 }],
        },
        secrets: { mine: key },
      });
      const { aliases } = await editor.call('providers.list', {});
      assert.deepEqual(
        aliases.find(each => each.active),
        {
          alias: 'mine',
          provider: 'openai',
          model: 'mock-1',
          active: true,
          contextSize: 32_000,
        },
      );
      const tested = await editor.call('models.test', { alias: 'mine' });
      assert.ok(tested.ok, tested.error ?? '');
      assert.equal(server.requests.at(-1)?.authorization, `Bearer ${key}`);
      assert.ok(!JSON.stringify(await editor.call('doctor', {})).includes(key));
    } finally {
      await server.close();
    }
  });

  it('[RES-70] [RES-72] plugins of other extensions are called in the editor, and go with their registration', async () => {
    const books = new Map([['/a.md', 'a book']]);
    const generated: { model: string; attributions: string[] }[] = [];
    editor.answer('plurnk/plugin.call', ({ name, method, args }) => {
      const [path, text] = args as string[];
      if (name === 'oracle') {
        generated.push(args[0] as (typeof generated)[number]);
        return { value: { text: '<<PLAN:x:PLAN\n<<SEND[200]:forty-two:SEND', promptTokens: 5 } };
      }
      if (path === '/bad.md') throw new Error('the extension is broken');
      if (method === 'read') return { value: books.has(path ?? '') ? { text: books.get(path ?? '') } : null };
      if (method === 'list') return { value: [...books.keys()] };
      books.set(path ?? '', text ?? '');
      return { value: null };
    });
    const extension = 'someone.shelf';
    const shelf = { kind: 'scheme', name: 'shelf', extension } as const;
    const describe = { example: '<<READ(shelf:///a.md)::READ', doc: '# shelf', abilities: ['list', 'write'] };
    await editor.ask('plurnk/plugin.register', { ...shelf, describe, attribution: 'the-shelf' });
    assert.match(String((await editor.call('op.read', { target: 'shelf:///a.md' })).entries[0]?.rx), /a book/);
    assert.equal((await editor.call('op.edit', { target: 'shelf:///b.md', content: 'another' })).status, 201);
    assert.equal(books.get('/b.md'), 'another');
    assert.equal((await editor.call('op.read', { target: 'shelf:///bad.md' })).status, 500);
    assert.equal((await editor.call('op.kill', { target: 'shelf:///a.md' })).status, 501);

    const again = await editor.refused('plugin.register', { ...shelf, extension: 'other.shelf', describe });
    assert.equal(again.code, -32602);
    assert.match(again.message, /someone\.shelf and other\.shelf/);
    const wrong = await editor.refused('plugin.register', { ...shelf, name: 'other', describe: { example: 1 } });
    assert.match(String(wrong.data.field), /^describe\./);

    const oracle = { kind: 'provider', name: 'oracle', extension } as const;
    await editor.ask('plurnk/plugin.register', { ...oracle, describe: { models: ['deep'] } });
    const { models } = await editor.call('models.discover', { provider: 'oracle' });
    assert.deepEqual(models, [
      {
        provider: 'oracle',
        model: 'deep',
        alias: 'oracle/deep',
        label: 'deep (oracle)',
        detail: extension,
        contextSize: null,
        configured: false,
      },
    ]);
    const chosen = [{ alias: 'Sage', provider: 'oracle', model: 'wise' }];
    await editor.connection.sendNotification('plurnk/editor.changed', { settings: { models: chosen, model: 'sage' } });
    const { aliases } = await editor.call('providers.list', {});
    assert.deepEqual(
      aliases.filter(({ active }) => active),
      [{ alias: 'sage', provider: 'oracle', model: 'wise', active: true, contextSize: null }],
    );
    assert.ok((await editor.call('doctor', {})).checks.every(check => check.level !== 'error'));
    await editor.connection.sendNotification('plurnk/editor.changed', { settings: {} });
    const started = await editor.call('loop.run', { prompt: 'What is it', alias: 'oracle/deep' });
    assert.ok('loopId' in started);
    const ended = await editor.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    assert.equal(ended.finalStatus, 200, ended.reason);

    assert.deepEqual(
      generated.map(({ model, attributions }) => [model, attributions]),
      [['deep', ['the-shelf']]],
    );

    assert.deepEqual(await editor.ask('plurnk/plugin.unregister', { kind: 'scheme', name: 'shelf' }), {
      removed: true,
    });
    assert.equal((await editor.call('op.read', { target: 'shelf:///a.md' })).status, 501);

    await editor.connection.sendNotification('plurnk/editor.changed', { trusted: false });
    const untrusted = await editor.refused('plugin.register', { ...shelf, describe });
    assert.match(untrusted.message, /untrusted/);
    await editor.connection.sendNotification('plurnk/editor.changed', { trusted: true });
  });

  it('[RES-70] [PKT-2] a packet plugin of another extension changes what is sent; one that fails or hangs does not', async () => {
    const extension = 'someone.stamps';
    let behave: (sections: unknown[], cancelled: AbortSignal) => unknown = sections => [
      ...sections,
      { name: 'stamp', slot: 'user', header: 'Stamp', content: 'stamped in the editor' },
    ];
    editor.answer('plurnk/plugin.call', async ({ kind, args }, cancelled) => {
      if (kind === 'packet') return { value: await behave(args[0] as unknown[], cancelled) };
      return { value: { text: '<<PLAN:x:PLAN\n<<SEND[200]:done:SEND' } };
    });
    await editor.ask('plurnk/plugin.register', { kind: 'packet', name: 'stamp', extension, describe: {} });
    const packetOf = async (prompt: string) => {
      const started = await editor.call('loop.run', { prompt, alias: 'oracle/deep' });
      assert.ok('loopId' in started);
      const ended = await editor.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
      assert.equal(ended.finalStatus, 200, ended.reason);
      return editor.call('packet.read', { turnId: ended.turnIds[0] ?? 0 });
    };
    const failureOf = (turn: { meta: object }): string =>
      (turn.meta as { packetPlugins: { failed: Record<string, string> } }).packetPlugins.failed.stamp ?? '';

    const stamped = await packetOf('Stamp it');
    assert.equal(stamped.sections.at(-1)?.content, 'stamped in the editor');
    assert.deepEqual(stamped.turn.meta.packetPlugins, { applied: ['stamp'], failed: {} });

    behave = () => {
      throw new Error('out of ink');
    };
    const broken = await packetOf('Stamp it again');
    assert.equal(broken.sections.at(-1)?.name, 'requirements');
    assert.match(failureOf(broken.turn), /"stamp" was left out: .*out of ink/);

    behave = () => ({ stamp: true });
    assert.match(failureOf((await packetOf('And again')).turn), /no list of sections/);

    const givenUp = Promise.withResolvers<void>();
    behave = (_sections, cancelled) =>
      new Promise(() => cancelled.addEventListener('abort', () => givenUp.resolve(), { once: true }));
    await editor.connection.sendNotification('plurnk/editor.changed', { settings: { pluginTimeout: 100 } });
    assert.match(failureOf((await packetOf('Take your time')).turn), /longer than 100 ms/);
    await givenUp.promise;
    assert.equal(editor.payloads('telemetry/event').filter(({ event }) => event.source === 'plugin').length, 3);

    await editor.ask('plurnk/plugin.unregister', { kind: 'packet', name: 'stamp' });
    assert.equal((await packetOf('Without')).turn.meta.packetPlugins, undefined);
    await editor.connection.sendNotification('plurnk/editor.changed', { settings: {} });
  });

  it('[RL-15] drops a notification that does not validate, and refuses unknown methods', async () => {
    await editor.connection.sendNotification('plurnk/buffers.changed', { buffers: 'all' });
    await editor.connection.sendNotification('plurnk/editor.changed', { trusted: 'yes' });
    assert.equal((await editor.refused('no.such', {})).code, -32601);
    assert.deepEqual(await editor.call('ping', {}), {});
  });
});
