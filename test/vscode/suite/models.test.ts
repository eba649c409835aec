import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import { emission, freshSession, nextEvent } from '../support/extension.ts';
import { eventually } from '../support/wait.ts';

interface Answering {
  readonly report: (text: string) => void;
  readonly token: vscode.CancellationToken;
}

/** What the extension in test/vscode/fixtures/language-models lets a test do. */
interface TestModels {
  readonly requests: { readonly model: string; readonly texts: string[]; readonly roles: number[] }[];
  offer(ids: readonly string[]): void;
  respond(answer: (answering: Answering) => Promise<void>): void;
}

async function testModels(): Promise<TestModels> {
  const extension = vscode.extensions.getExtension<TestModels>('plurnk-test.language-models');
  assert.ok(extension, 'the extension with the test models is not there');
  return await extension.activate();
}

describe('models in the editor', () => {
  let parts: Services;
  let models: TestModels;
  before(async () => {
    models = await testModels();
  });
  beforeEach(async () => {
    parts = await freshSession();
  });
  afterEach(async () => {
    models.offer([]);
    await parts.chat.stop();
    await parts.models.select('demo');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const aliases = () => parts.models.choices.map(({ alias }) => alias);
  const offered = (alias: string) => eventually(aliases, list => list.includes(alias), `${alias} is in the list`);

  /** One prompt to a model of the editor. */
  async function ask(alias: string) {
    const { server } = parts;
    const ends: { loopId: number; finalStatus: number; reason?: string | undefined }[] = [];
    const listener = server.onNotification('loop/terminated', end => ends.push(end));
    const started = await server.request('loop.run', { prompt: 'Say something', alias });
    assert.ok('loopId' in started);
    const ended = eventually(
      () => ends.find(({ loopId }) => loopId === started.loopId),
      end => end !== undefined,
      'the loop ends',
    ).finally(() => listener.dispose());
    return { ...started, ended };
  }

  it('[UI-1] the list follows the editor’s models as they come and go, without a look at any local server', async () => {
    models.offer(['one']);
    await offered('lm/one');
    assert.equal(parts.models.choices[0]?.group, 'editor');
    models.offer(['one', 'two']);
    await offered('lm/two');
    models.offer(['two']);
    await eventually(aliases, list => !list.includes('lm/one'), 'a model that is gone leaves the list');
    assert.ok(aliases().includes('lm/two'));
  });

  it('[UI-1] a model of the editor answers: the packet goes to it, its words come as it says them', async () => {
    models.offer(['speaks']);
    await offered('lm/speaks');
    const text = emission([], 200, 'From the editor’s own model.');
    const heard: string[] = [];
    const listener = parts.server.onNotification('turn/delta', ({ kind, text: said }) => {
      if (kind === 'text') heard.push(said);
    });
    models.respond(async ({ report }) => {
      report(text.slice(0, 12));
      // It goes on only when its first words have arrived.
      await eventually(
        () => heard.join(''),
        said => said.startsWith(text.slice(0, 12)),
        'the first words are streamed',
      );
      report(text.slice(12));
    });
    const before = models.requests.length;
    const loop = await ask('lm/speaks');
    const end = await loop.ended;
    listener.dispose();
    assert.equal(end?.finalStatus, 200, end?.reason);
    assert.equal(heard.join(''), text);
    const [request, ...more] = models.requests.slice(before);
    assert.equal(more.length, 0);
    assert.equal(request?.model, 'speaks');
    assert.match(request?.texts.at(-1) ?? '', /Say something/);
    const { entries } = await parts.server.request('log.read', { runId: loop.modelRunId, limit: 1000 });
    assert.ok(JSON.stringify(entries).includes('From the editor’s own model.'));
    const { turns } = await parts.server.request('run.turns', { runId: loop.modelRunId });
    assert.ok((turns.at(-1)?.prompt_tokens ?? 0) > 100, 'the editor counted the prompt');
  });

  it('[UI-1] [ENG-29] stopping a loop cancels what the editor’s model says', async () => {
    models.offer(['slow']);
    await offered('lm/slow');
    const asked = new vscode.EventEmitter<void>();
    const cancelled = new vscode.EventEmitter<void>();
    models.respond(({ report, token }) => {
      report('<<PLAN:Thinking');
      asked.fire();
      return new Promise(resolve => {
        token.onCancellationRequested(() => {
          cancelled.fire();
          resolve();
        });
      });
    });
    const begun = nextEvent(asked.event);
    const stopped = nextEvent(cancelled.event);
    const loop = await ask('lm/slow');
    await begun;
    await parts.server.request('loop.cancel', { runId: loop.modelRunId });
    await stopped;
    assert.equal((await loop.ended)?.finalStatus, 499);
  });

  for (const [name, error, sentence] of [
    ['no consent', () => vscode.LanguageModelError.NoPermissions('no'), /has not been allowed to let Plurnk use/],
    ['a limit', () => vscode.LanguageModelError.Blocked('quota'), /blocks further requests/],
    ['a fault', () => new Error('out of order'), /out of order/],
  ] as const) {
    it(`[UI-15] ${name} of the editor’s model ends the loop with a sentence`, async () => {
      models.offer(['fails']);
      await offered('lm/fails');
      models.respond(() => Promise.reject(error()));
      const end = await (await ask('lm/fails')).ended;
      assert.equal(end?.finalStatus, 500);
      assert.match(end?.reason ?? '', sentence);
    });
  }

  it('[#8] the proxy of the editor’s settings leads to the model, and only while it is set', async () => {
    const asked: string[] = [];
    const proxy = await listen((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answerChat(response, emission([], 200, 'Through the proxy.'));
    });
    const http = vscode.workspace.getConfiguration('http');
    const kept = http.inspect<string>('proxy')?.globalValue;
    try {
      await withModel(
        { alias: 'far', provider: 'openai', model: 'm', baseUrl: 'http://models.example/v1' },
        async () => {
          await http.update('proxy', proxy.url, vscode.ConfigurationTarget.Global);
          await eventually(
            () => parts.editorState.current().proxy,
            now => now === proxy.url,
            'the setting is known',
          );
          // The change is told before the next request: both take the same way.
          const end = await (await ask('far')).ended;
          assert.equal(end?.finalStatus, 200, end?.reason);
          assert.deepEqual(asked, ['POST http://models.example/v1/chat/completions']);
        },
      );
    } finally {
      await http.update('proxy', kept, vscode.ConfigurationTarget.Global);
      await proxy.close();
    }
  });

  it('[UI-15] [#8] the chat says that a server ignores the grammar, and counts down to the next attempt', async () => {
    const shown = () => parts.notices.shown;
    let refused = false;
    const server = await listen((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += String(chunk);
      });
      request.on('end', () => {
        if (!request.url?.endsWith('/chat/completions')) response.writeHead(404).end();
        else if (!refused && !body.includes('"grammar"')) {
          refused = true;
          response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' });
          response.end('{"error":{"message":"Slow down."}}');
        } else answerChat(response, emission([], 200, 'Freely spoken.'));
      });
    });
    try {
      await withModel({ alias: 'free', provider: 'llamacpp', model: 'm', baseUrl: `${server.url}/v1` }, async () => {
        // What the chat shows at the moment in which it hears of the wait: it is over soon.
        const counting: ReturnType<typeof shown>[number][] = [];
        const listener = parts.server.onNotification('telemetry/event', ({ event }) => {
          if (event.kind === 'retry') counting.push(...shown().filter(({ until }) => until !== null));
        });
        const end = await (await ask('free')).ended;
        listener.dispose();
        assert.equal(end?.finalStatus, 200, end?.reason);
        assert.deepEqual([refused, counting.length, counting[0]?.level], [true, 1, 'warning']);
      });
      const grammar = shown().find(({ key }) => key === 'grammar');
      assert.match(grammar?.text ?? '', /ignores the turn grammar/);
      assert.deepEqual([grammar?.level, grammar?.until], ['info', null]);
      await eventually(shown, list => list.every(({ until }) => until === null), 'the countdown goes with the answer');
    } finally {
      parts.notices.clear('grammar');
      await server.close();
    }
  });

  it('[UI-1] the picker lists the editor’s models, then local ones, configured ones, and the demo model last', async () => {
    const local = await startOllama();
    const configuration = vscode.workspace.getConfiguration('plurnk');
    const kept = configuration.inspect<object[]>('models')?.globalValue;
    const mine = { alias: 'mine', provider: 'openai', model: 'any', baseUrl: 'http://127.0.0.1:9/v1' };
    try {
      await configuration.update('models', [mine], vscode.ConfigurationTarget.Global);
      models.offer(['first']);
      await offered('lm/first');
      await parts.models.discover();
      await parts.models.refresh();
      const groups = parts.models.choices.map(({ group }) => group);
      assert.deepEqual([...new Set(groups)], ['editor', 'local', 'configured', 'demo']);
      assert.equal(groups.at(-1), 'demo');
      assert.ok(aliases().includes('mine') && aliases().includes('lm/first'));
    } finally {
      await configuration.update('models', kept, vscode.ConfigurationTarget.Global);
      await local.close();
    }
    await eventually(aliases, list => !list.includes('mine'), 'a model that is no longer configured leaves the list');
  });
});

/** Ollama where it always is; a real one that is there already is as good. */
async function startOllama(): Promise<{ close(): Promise<void> }> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ models: [{ name: 'llama-of-the-test' }] }));
  });
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    server.listen(11_434, '127.0.0.1', () => resolve(false));
  });
  return { close: () => (taken ? Promise.resolve() : new Promise(resolve => server.close(() => resolve()))) };
}

async function listen(handle: RequestListener): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(handle);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise(resolve => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** One answer in the OpenAI wire format. */
function answerChat(response: ServerResponse, text: string): void {
  const event = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${event({ content: text }, null)}${event({}, 'stop')}data: [DONE]\n\n`);
}

/** Does something while a model is configured. */
async function withModel(model: object, work: () => Promise<void>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('plurnk');
  const kept = configuration.inspect<object[]>('models')?.globalValue;
  await configuration.update('models', [...(kept ?? []), model], vscode.ConfigurationTarget.Global);
  try {
    await work();
  } finally {
    await configuration.update('models', kept, vscode.ConfigurationTarget.Global);
  }
}
