import type { EditorClient } from './editor-client.ts';
import { DaemonProcess, Place, type Scripts, startLanguageServer } from './server-process.ts';
import type { TestClient } from './test-client.ts';

/** One server behind one of its doors. */
export interface Door {
  readonly place: Place;
  /** A client that is attached to nothing. */
  readonly fresh: () => Promise<TestClient>;
  readonly client: TestClient;
}

interface Opened extends Door {
  readonly close: () => Promise<void>;
}

/** A server starts in a second, on a machine that does other things in many. */
const START_LIMIT_MS = 60_000;

/** Runs the same tests through the daemon and through the language server. */
export function throughBothDoors(title: string, scripts: Scripts, tests: (door: () => Door) => void): void {
  for (const [name, open] of Object.entries({ WebSocket: openDaemon, 'language server': openLanguageServer })) {
    describe(`${title} (${name})`, () => {
      let opened: Opened | null = null;
      before(async function () {
        this.timeout(START_LIMIT_MS);
        opened = await open(scripts);
      });
      after(async function () {
        this.timeout(START_LIMIT_MS);
        await opened?.close();
        opened?.place.remove();
      });
      tests(() => {
        if (opened === null) throw new Error('the door is not open');
        return opened;
      });
    });
  }
}

async function openDaemon(scripts: Scripts): Promise<Opened> {
  const place = new Place();
  const daemon = await DaemonProcess.start(place, { scripts });
  return {
    place,
    client: await daemon.connect(),
    fresh: () => daemon.connect(),
    close: async () => void (await daemon.stop()),
  };
}

/** A language server has one client: a fresh one is another process on a storage of its own. */
async function openLanguageServer(scripts: Scripts): Promise<Opened> {
  const place = new Place();
  const clients: EditorClient[] = [];
  const start = async (): Promise<EditorClient> => {
    const storagePath = `${place.folder}/editor-${clients.length}`;
    const client = await startLanguageServer(place, { scripts }, { storagePath });
    clients.push(client);
    return client;
  };
  return {
    place,
    client: await start(),
    fresh: start,
    close: async () => void (await Promise.all(clients.map(client => client.close()))),
  };
}
