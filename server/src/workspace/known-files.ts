/** Files that a session has content of: their text in the database, and what became of them on disk (RES-61, ENG-50). */
import type { JsonObject } from '@plurnk/protocol';
import { mimetypeOf } from '../content/mimetype.ts';
import type { EntryRow, SessionId, Store } from '../store/contract.ts';
import type { FileChange, FileFailure, FilePlace, FileSnapshot } from './contract.ts';
import type { Members } from './membership.ts';
import { isFileFailure, sameContent } from './snapshots.ts';
import { fileStamp, settledStamp } from './stamps.ts';

export interface KnownFilesDeps {
  readonly store: Pick<Store, 'entries' | 'transaction'>;
  readonly now: () => number;
  readonly tokens: (text: string) => number;
}

/** The workspace as it is now. */
export interface Surroundings {
  readonly members: Members;
  readonly locate: (path: string) => FilePlace;
  /** This server is writing it right now. */
  readonly writing: (path: string) => boolean;
  read(path: string): Promise<FileSnapshot | FileFailure>;
}

const CHANNEL = 'body';

const keyOf = (sessionId: SessionId, pathname: string) =>
  ({ sessionId, scope: 'session', runId: null, scheme: null, pathname }) as const;

export class KnownFiles {
  readonly #deps: KnownFilesDeps;

  constructor(deps: KnownFilesDeps) {
    this.#deps = deps;
  }

  remember(sessionId: SessionId, snapshot: FileSnapshot, absolute: string): void {
    const { entries } = this.#deps.store;
    const at = this.#deps.now();
    const { entry } = entries.ensure(keyOf(sessionId, snapshot.path), at);
    const attrs: JsonObject = { ...entry.attrs, signature: snapshot.signature, stamp: settledStamp(absolute, at) };
    const changed = entry.attrs.signature !== snapshot.signature;
    if (changed) {
      const { text, mimetype } = snapshot;
      entries.write(entry.id, { name: CHANNEL, mimetype, content: text, tokens: this.#deps.tokens(text), at });
    }
    if (changed || attrs.stamp !== entry.attrs.stamp) entries.setAttrs(entry.id, attrs, at);
  }

  /** What the session last saw of a file; null when it never did. */
  known(sessionId: SessionId, path: string): FileSnapshot | null {
    const { entries } = this.#deps.store;
    const entry = entries.find(keyOf(sessionId, path));
    const signature = entry?.attrs.signature;
    if (!entry || typeof signature !== 'string') return null;
    const text = entries.content(entry.id, CHANNEL) ?? '';
    return { path, text, signature, fromBuffer: false, mimetype: mimetypeOf(path) };
  }

  forget(sessionId: SessionId, path: string): void {
    const entry = this.#deps.store.entries.find(keyOf(sessionId, path));
    if (entry !== null) this.#deps.store.entries.remove(entry.id);
  }

  /** What changed since the last look, which is remembered; one transaction for all. */
  async changes(sessionId: SessionId, now: Surroundings): Promise<readonly FileChange[]> {
    const { store } = this.#deps;
    const known = store.entries
      .list({ sessionId, scheme: null })
      .filter(entry => typeof entry.attrs.signature === 'string');
    const looks = await Promise.all(known.map(entry => look(entry, now)));
    return store.transaction(() =>
      known.flatMap((entry, at) => this.#settle(sessionId, entry, looks[at] ?? null, now)),
    );
  }

  #settle(sessionId: SessionId, entry: EntryRow, look: FileSnapshot | 'same' | null, now: Surroundings): FileChange[] {
    if (look === 'same') return [];
    const { pathname } = entry;
    // What this server is writing, or has written since the look, is nobody else's change.
    if (now.writing(pathname)) return [];
    if (this.#deps.store.entries.get(entry.id)?.attrs.signature !== entry.attrs.signature) return [];
    const signature = String(entry.attrs.signature);
    const text = this.#deps.store.entries.content(entry.id, CHANNEL) ?? '';
    const before: FileSnapshot = { path: pathname, text, signature, fromBuffer: false, mimetype: mimetypeOf(pathname) };
    if (look === null) {
      this.forget(sessionId, pathname);
      return [{ path: pathname, before, after: null }];
    }
    this.remember(sessionId, look, now.locate(pathname).absolute);
    return sameContent(signature, look) ? [] : [{ path: pathname, before, after: look }];
  }
}

/** What a known file is now; `same` when nothing says that it changed, null when it is gone. */
async function look(entry: EntryRow, now: Surroundings): Promise<FileSnapshot | 'same' | null> {
  const { absolute, buffer } = now.locate(entry.pathname);
  const member = now.members.has(entry.pathname);
  if (member && buffer === null && fileStamp(absolute) === entry.attrs.stamp) return 'same';
  const found = member ? await now.read(entry.pathname) : null;
  return found === null || isFileFailure(found) ? null : found;
}
