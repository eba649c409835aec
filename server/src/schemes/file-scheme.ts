/** Bare paths and `file:`: project files, gated by membership; changes are proposed (RES-3, RES-60). */
import path from 'node:path';
import type { Candidate } from '../content/contract.ts';
import { countLines } from '../content/lines.ts';
import { mimetypeOf } from '../content/mimetype.ts';
import type { RowTarget, Store } from '../store/contract.ts';
import type { FileFailure, FilePlace, Workspace } from '../workspace/contract.ts';
import { isInside, relativeTo } from '../workspace/paths.ts';
import { sameContent } from '../workspace/snapshots.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, OpOutcome, SchemeInfo } from './contract.ts';
import { channelFailure } from './entry-scheme.ts';
import { deleteProposal, type FileProposalDeps, tagFile, writeProposal } from './file-proposal.ts';
import {
  type ChannelSummary,
  type Content,
  type Edit,
  type Failure,
  fail,
  type Item,
  refuse,
  rows,
  type Scheme,
} from './scheme.ts';
import type { UnseenWrites } from './unseen-writes.ts';

export interface FileSchemeDeps {
  readonly store: Pick<Store, 'entries' | 'log' | 'turns'>;
  readonly workspace: Workspace;
  /** Shared with the ops that change files beside this scheme. */
  readonly unseen: UnseenWrites;
  readonly tokens: (text: string) => number;
  readonly now: () => number;
}

const CHANNELS = { body: 'text/markdown' };
const MAX_SUMMARIES = 100_000;
const isFileFailure = (value: object): value is FileFailure => 'message' in value;

/** Relative to the root, forward slashes, as far as the text alone can say. */
export function relativePath(address: Address, context: OpContext): string {
  const root = context.projectRoot;
  const written = address.path;
  if (root !== null && path.isAbsolute(written) && isInside(root, path.resolve(written))) {
    const folder = written.endsWith('/') ? '/' : '';
    return relativeTo(root, written) + folder;
  }
  const bare = /^file:/i.test(address.raw) ? written.replace(/^\/+/, '') : written;
  const folder = bare.endsWith('/') && bare !== '/' ? '/' : '';
  return bare === '' || bare.startsWith('/') ? bare : path.posix.normalize(bare).replace(/\/$/, '') + folder;
}

/** Token and line counts of files that were listed, until they change. */
class Summaries {
  readonly #known = new Map<string, ChannelSummary>();

  async get(key: string, make: () => Promise<ChannelSummary>): Promise<ChannelSummary> {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = await make();
    if (this.#known.size >= MAX_SUMMARIES) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }
}

/** One member file; nothing of it is read before somebody asks. */
class FileItem implements Item {
  readonly path: string;
  readonly tags: readonly string[];
  readonly #locate: (path: string) => FilePlace;
  readonly #summaries: Summaries;
  readonly #tokens: (text: string) => number;

  constructor(name: string, tags: readonly string[], source: ItemSource) {
    this.path = name;
    this.tags = tags;
    this.#locate = source.locate;
    this.#summaries = source.summaries;
    this.#tokens = source.tokens;
  }

  get address(): Address {
    return { scheme: 'file', path: this.path, authority: '', channel: null, params: {}, raw: this.path };
  }

  get target() {
    return rowTarget({ scheme: null, pathname: this.path });
  }

  async channels(): Promise<{ readonly [uri: string]: ChannelSummary }> {
    const place = this.#locate(this.path);
    const summary = await this.#summaries.get(place.key, async () => {
      const text = await place.text();
      if (text === null) return { mimetype: 'application/octet-stream', tokens: 0, lines: 0 };
      return { mimetype: mimetypeOf(this.path), tokens: this.#tokens(text), lines: countLines(text) };
    });
    return { [formatAddress(this.target)]: summary };
  }

  candidate(): Candidate {
    return new FileCandidate(this.path, this.#locate);
  }
}

/** Of tens of thousands of files a search asks next to nothing: everything is found out when it is asked for. */
export class FileCandidate implements Candidate {
  readonly path: string;
  readonly #locate: (path: string) => FilePlace;

  constructor(name: string, locate: (path: string) => FilePlace) {
    this.path = name;
    this.#locate = locate;
  }

  get mimetype(): string {
    return mimetypeOf(this.path);
  }

  get key(): string {
    return this.#locate(this.path).key;
  }

  get file(): string | undefined {
    const place = this.#locate(this.path);
    return place.buffer === null ? place.absolute : undefined;
  }

  async text(): Promise<string> {
    return (await this.#locate(this.path).text()) ?? '';
  }
}

interface ItemSource {
  readonly locate: (path: string) => FilePlace;
  readonly summaries: Summaries;
  readonly tokens: (text: string) => number;
}

const INFO: SchemeInfo = {
  name: 'file',
  example: '<<READ(src/auth.ts)<10,40>::READ  a project file, bare path; EDIT proposes a change of it',
  doc: `# file

Project files by their path relative to the workspace: \`<<READ(src/a.ts)::READ\`, \`<<FIND(src/**):#TODO#:FIND\`. An EDIT is
proposed and written when it is accepted; a conflict means that the file has changed since you read it: READ it again.
Characters that a target cannot hold are percent-encoded: \`app/(group%29/page.tsx\`. What Git ignores does not exist here.`,
  catalog: 'capped',
};

class FileScheme implements Scheme {
  readonly info = INFO;
  readonly channels = CHANNELS;
  readonly scope = 'session';
  readonly writableBy = ['model', 'client'] as const;
  readonly flags = {};
  readonly scopeGlob = relativePath;
  readonly #deps: FileSchemeDeps;
  readonly #proposals: FileProposalDeps;
  readonly #summaries = new Summaries();

  constructor(deps: FileSchemeDeps) {
    this.#deps = deps;
    this.#proposals = { workspace: deps.workspace, entries: deps.store.entries, now: deps.now };
  }

  target(address: Address, context: OpContext): RowTarget {
    return rowTarget({ scheme: null, pathname: relativePath(address, context), fragment: address.channel });
  }

  read(address: Address, context: OpContext): Promise<Content | Failure | null> {
    return this.#read(address, context, false);
  }

  async writable(address: Address, context: OpContext): Promise<Content | Failure | null> {
    if (address.path.endsWith('/')) return fail(400, `${address.raw} is a folder.`);
    return this.#read(address, context, true);
  }

  async write(address: Address, edit: Edit, context: OpContext): Promise<OpOutcome> {
    const place = await this.#deps.workspace.resolve(context.sessionId, relativePath(address, context), true);
    const { before, text, span, tags } = edit;
    if (isFileFailure(place)) return refuse(place, this.target(address, context));
    const target = rowTarget({ scheme: null, pathname: place.path });
    if (before !== null && before.text === text) {
      tagFile(this.#proposals, context, place.path, tags);
      return rows({ status: 200, target, tags, rx: null });
    }
    const signature = before?.signature ?? null;
    const draft = { path: place.path, before: before?.text ?? null, after: text, signature, span, target, tags };
    return {
      kind: 'proposal',
      proposal: this.#deps.unseen.noted(writeProposal(this.#proposals, draft, context), place.path),
    };
  }

  async remove(address: Address, context: OpContext): Promise<OpOutcome> {
    const { workspace } = this.#deps;
    const target = this.target(address, context);
    const place = await workspace.resolve(context.sessionId, relativePath(address, context), true);
    if (isFileFailure(place)) return refuse(place, target);
    if (!place.exists) return refuse(fail(404, `${formatAddress(target)} does not exist.`), target);
    const current = await workspace.signature(context.sessionId, place.path);
    if (isFileFailure(current)) return refuse(current, target);
    const snapshot = current.binary ? null : await workspace.read(context.sessionId, place.path);
    const before = snapshot === null || isFileFailure(snapshot) ? null : snapshot.text;
    const { signature, binary } = current;
    const draft = { path: place.path, before, after: null, signature, binary, target };
    return {
      kind: 'proposal',
      proposal: this.#deps.unseen.noted(deleteProposal(this.#proposals, draft, context), place.path),
    };
  }

  async item(address: Address, context: OpContext): Promise<Item | Failure | null> {
    const place = await this.#deps.workspace.resolve(context.sessionId, relativePath(address, context), false);
    if (isFileFailure(place)) return place.status === 404 ? null : place;
    return new FileItem(place.path, this.#tags(context, place.path), this.#source(context));
  }

  async list(_address: Address, context: OpContext): Promise<readonly Item[]> {
    const { store, workspace } = this.#deps;
    const members = await workspace.members(context.sessionId);
    const known = store.entries.list({ sessionId: context.sessionId, scheme: null });
    const tagged = new Map(known.map(entry => [entry.pathname, entry.tags]));
    const source = this.#source(context);
    return members.map(name => new FileItem(name, tagged.get(name) ?? [], source));
  }

  #source({ sessionId }: OpContext): ItemSource {
    const { workspace, tokens } = this.#deps;
    return { locate: workspace.locator(sessionId), summaries: this.#summaries, tokens };
  }

  #tags({ sessionId }: OpContext, pathname: string): readonly string[] {
    const key = { sessionId, scope: 'session', runId: null, scheme: null, pathname } as const;
    return this.#deps.store.entries.find(key)?.tags ?? [];
  }

  async #read(address: Address, context: OpContext, forWriting: boolean): Promise<Content | Failure | null> {
    const { workspace } = this.#deps;
    const wrong = channelFailure(CHANNELS, address);
    if (wrong !== null) return wrong;
    const place = await workspace.resolve(context.sessionId, relativePath(address, context), forWriting);
    if (isFileFailure(place)) return place;
    const target = rowTarget({ scheme: null, pathname: place.path, fragment: address.channel });
    const byOthers = forWriting && context.writer === 'model' ? this.#deps.unseen.before(context, place.path) : null;
    if (byOthers !== null) {
      const { text, signature } = byOthers;
      if (text === null || signature === null) return null;
      return { target, text, mimetype: mimetypeOf(place.path), signature, tags: this.#tags(context, place.path) };
    }
    if (!place.exists) return null;
    const snapshot = await workspace.read(context.sessionId, place.path);
    if (isFileFailure(snapshot)) return snapshot;
    // A file that moved since the model saw it: its edit is made against what it saw, and meets the conflict (RES-62, RES-63).
    const seen = forWriting && context.writer === 'model' ? workspace.known(context.sessionId, place.path) : null;
    const moved = seen !== null && !sameContent(seen.signature, snapshot);
    if (!moved) workspace.remember(context.sessionId, snapshot);
    const { text, mimetype, signature } = moved ? seen : snapshot;
    return { target, text, mimetype, signature, tags: this.#tags(context, place.path) };
  }
}

export const fileScheme = (deps: FileSchemeDeps): Scheme => new FileScheme(deps);
