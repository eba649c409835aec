import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NotificationName } from '@plurnk/protocol';
import { openServer, type PlurnkServer } from '../../server/src/container.ts';
import { Configuration } from '../../server/src/rpc/configuration.ts';
import { Outbox } from '../../server/src/rpc/outbox.ts';
import { Peer } from '../../server/src/rpc/peer.ts';
import { Place } from './support/server-process.ts';
import { WORLD_SCRIPTS } from './support/world.ts';

describe('indexes that are made ahead', () => {
  let place: Place;
  let server: PlurnkServer;
  let said: string[];
  let closed = false;
  const open = async (index: NonNullable<Parameters<typeof openServer>[0]['index']>): Promise<void> => {
    place = new Place();
    said = [];
    closed = false;
    server = await openServer({
      configuration: new Configuration(place.environment({ scripts: WORLD_SCRIPTS })),
      folder: place.storage,
      editor: null,
      fallbackModel: null,
      log: line => void said.push(line),
      index,
    });
  };
  afterEach(async () => {
    if (!closed) await server.close();
    place.remove();
    assert.deepEqual(said, []);
  });

  /** A client of the hub, as the doors make them. */
  function connect(onNotice: (kind: string) => void): Peer {
    const outbox = new Outbox({ durable: async () => {}, limit: 1e6, onOverflow: () => {} });
    const encode = (name: NotificationName, payload: unknown) => {
      const { event } = payload as { event?: { source: string; kind: string } };
      if (name === 'telemetry/event' && event?.source === 'index') onNotice(event.kind);
      return { size: 0, send: () => {} };
    };
    return new Peer({ dispatcher: server.dispatcher, hub: server.hub, outbox, writer: { encode } });
  }

  /** Makes a session over a folder with so many files; answers when it is there. */
  async function openSession(name: string, files: number, onNotice: (kind: string) => void): Promise<void> {
    const projectRoot = join(place.folder, name);
    mkdirSync(projectRoot);
    for (let i = 0; i < files; i++) writeFileSync(join(projectRoot, `f${i}.ts`), `export const f${i} = ${i};\n`);
    const peer = connect(onNotice);
    await peer.call('session.create', { projectRoot });
    peer.answered();
  }

  it('[ENG-21] from the creation of a session on, with notices, without any query; too many files are left alone', async () => {
    await open({ delayMs: 0, noticeAfterMs: 0, files: 3 });
    const [large, small]: [string[], string[]] = [[], []];
    await openSession('large', 4, kind => large.push(kind));
    await new Promise<void>((resolve, reject) => {
      openSession('small', 3, kind => {
        small.push(kind);
        if (kind === 'indexed') resolve();
      }).catch(reject);
    });
    assert.deepEqual([large, small], [[], ['indexing', 'indexed']]);
  });

  it('[ENG-21] a server that closes does not wait for it', async () => {
    await open({ delayMs: 0, noticeAfterMs: 0 });
    const kinds: string[] = [];
    await new Promise<void>((resolve, reject) => {
      openSession('many', 400, kind => {
        kinds.push(kind);
        if (kind === 'indexing') server.close().then(resolve, reject);
      }).catch(reject);
    });
    assert.deepEqual(kinds, ['indexing']);
    closed = true;
  });
});
