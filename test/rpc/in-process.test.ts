import assert from 'node:assert/strict';
import { openServer, type PlurnkServer } from '../../server/src/container.ts';
import { Configuration } from '../../server/src/rpc/configuration.ts';
import { RpcFailure } from '../../server/src/rpc/failure.ts';
import type { Attachment, Caller } from '../../server/src/rpc/services.ts';
import { Place } from './support/server-process.ts';
import { makeWorkspace, WORLD_SCRIPTS } from './support/world.ts';

/** A caller in the same process: the third door. */
function makeCaller(id: number): Caller {
  let attachment: Attachment | null = null;
  return {
    id,
    get attachment() {
      return attachment;
    },
    attach(next) {
      attachment = next;
    },
  };
}

describe('calls inside the process', () => {
  const place = new Place();
  const said: string[] = [];
  const never = new AbortController().signal;
  let server: PlurnkServer;
  before(async function () {
    this.timeout(60_000);
    server = await openServer({
      configuration: new Configuration(place.environment({ scripts: WORLD_SCRIPTS })),
      folder: place.storage,
      editor: null,
      fallbackModel: null,
      log: line => void said.push(line),
    });
  });
  after(async () => {
    await server.close();
    place.remove();
    assert.deepEqual(said, [], 'nothing went wrong that the operator had to be told');
  });

  it('[RPC-6] the same methods, typed, without a wire', async () => {
    const caller = makeCaller(-1);
    const { dispatcher, engine } = server;
    const projectRoot = makeWorkspace(place.folder, 'workspace');
    const session = await dispatcher.invoke('session.create', { projectRoot }, caller, never);
    const ended = new Promise<number>(resolve => {
      engine.onEvent(event => {
        if (event.name === 'loop/terminated') resolve(event.payload.finalStatus);
      });
    });
    await dispatcher.invoke('loop.run', { prompt: 'Note what hello.txt says' }, caller, never);
    assert.equal(await ended, 200);
    const { runs } = await dispatcher.invoke('session.runs', {}, caller, never);
    assert.ok(runs.some(run => run.origin === 'model' && run.status === 200));
    assert.equal(caller.attachment?.sessionId, session.id);
  });

  it('[RPC-2] refuses with the same codes, and rejects with nothing else', async () => {
    const caller = makeCaller(-2);
    const cases: [string, unknown, number][] = [
      ['no.such', {}, -32601],
      ['constructor', {}, -32601],
      ['session.attach', { id: 'x' }, -32602],
      ['session.attach', { id: 999_999 }, -32001],
      ['packet.read', { turnId: 999_999 }, -32003],
    ];
    for (const [method, params, code] of cases) {
      await assert.rejects(server.dispatcher.call(method, params, caller, never), error => {
        return error instanceof RpcFailure && error.code === code;
      });
    }
    await assert.rejects(server.dispatcher.call('ping', {}, caller, AbortSignal.abort()), error => {
      return error instanceof RpcFailure && error.code === -32800;
    });
  });

  it('[RPC-1] no error holds the word that makes a client drop what it waits for, whoever wrote it', () => {
    const { message } = new RpcFailure(
      -32603,
      'Connection reset; two connections left, disconnection is no such word.',
    );
    assert.equal(message, 'link reset; two links left, disconnection is no such word.');
  });

  it('[RPC-4] runs of another session are not found from this one', async () => {
    const [mine, other] = [makeCaller(-3), makeCaller(-4)];
    const { runId } = await server.dispatcher.invoke('session.create', {}, other, never);
    await server.dispatcher.invoke('session.create', {}, mine, never);
    for (const method of ['log.read', 'run.turns', 'loop.cancel', 'run.fork']) {
      await assert.rejects(server.dispatcher.call(method, { runId }, mine, never), error => {
        return error instanceof RpcFailure && error.code === -32002;
      });
    }
  });
});
