import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Owner, OwnerLock } from '../../../server/src/store/owner-lock.ts';
import type { EditorClient } from './editor-client.ts';
import { Place, type ServerSetup, startLanguageServer } from './server-process.ts';

/** Windows of an editor on storages of their own, each with a language server in a process of its own. */
export class Windows {
  /** What the servers wrote into the editor's log. */
  readonly logged: string[] = [];
  readonly #places: Place[] = [];
  readonly #clients: EditorClient[] = [];

  newPlace(): Place {
    const place = new Place();
    this.#places.push(place);
    return place;
  }

  /** All windows of one place share its storage. */
  async open(place: Place, setup: ServerSetup = {}, trusted = true): Promise<EditorClient> {
    const client = await startLanguageServer(place, setup, { trusted });
    this.#clients.push(client);
    client.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.reverse()) await client.close().catch(() => client.process.kill('SIGKILL'));
    for (const place of this.#places) place.remove();
  }
}

export const storageOf = (place: Place): string => join(place.folder, 'editor-storage');

/** Who owns the storage now. */
export const lockOf = (place: Place): Owner =>
  JSON.parse(readFileSync(OwnerLock.path(storageOf(place)), 'utf8')) as Owner;
