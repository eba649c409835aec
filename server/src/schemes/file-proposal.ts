/** Proposals that change project files: what a person reviews, and what accepting does (2.9, RES-63). */
import type { JsonObject } from '@plurnk/protocol';
import type { LineSpan } from '../content/contract.ts';
import { mimetypeOf } from '../content/mimetype.ts';
import { summaryOf } from '../content/review/summary.ts';
import { MERGE_LABELS, mergeThreeWay } from '../content/review/three-way.ts';
import { unifiedDiff } from '../content/unified-diff.ts';
import type { EntryStore, RowTarget } from '../store/contract.ts';
import type { FileFailure, Workspace } from '../workspace/contract.ts';
import type { OpContext, OpResult, ProposalDraft, Rebased } from './contract.ts';
import { type Failure, failed } from './scheme.ts';
import { changedSpan, showEdit } from './show.ts';
import { contentKey } from './summary.ts';

export interface FileProposalDeps {
  readonly workspace: Workspace;
  readonly entries: EntryStore;
  readonly now: () => number;
}

/** Longer texts go into `attrs` as their hash; the ledger keeps the text itself. */
const MAX_INLINE = 1024 * 1024;

export interface FileTexts {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** null: the file must not exist. */
  readonly signature: string | null;
  /** The file has no text. */
  readonly binary?: boolean;
}

const isFailure = (value: object): value is FileFailure => 'message' in value;

function inlined(name: string, text: string | null): JsonObject {
  if (text === null) return { [name]: null };
  return text.length <= MAX_INLINE ? { [name]: text } : { [`${name}Hash`]: contentKey(text) };
}

export function fileAttrs(texts: FileTexts): { body: string; attrs: JsonObject } {
  const { path, before, after, signature } = texts;
  const { body, added, removed, hunks } = unifiedDiff(path, before, after);
  const flags = { created: before === null && after !== null, deleted: after === null, binary: texts.binary === true };
  const attrs = { path, signature, added, removed, mimetype: mimetypeOf(path), summary: summaryOf(texts), ...flags };
  const review = { hunks: hunks.map(hunk => [...hunk]) };
  return { body, attrs: { ...attrs, ...review, ...inlined('baseline', before), ...inlined('proposed', after) } };
}

/** Tags of a file are the session's own and need no review. */
export function tagFile(deps: FileProposalDeps, context: OpContext, path: string, tags: readonly string[]): void {
  const { sessionId } = context;
  const at = deps.now();
  const { entry } = deps.entries.ensure({ sessionId, scope: 'session', runId: null, scheme: null, pathname: path }, at);
  deps.entries.setTags(entry.id, tags, at);
}

async function refusalOf(deps: FileProposalDeps, context: OpContext, { path }: FileTexts): Promise<FileFailure | null> {
  const place = await deps.workspace.resolve(context.sessionId, path, true);
  return isFailure(place) && place.status !== 404 ? place : null;
}

async function isStale(deps: FileProposalDeps, context: OpContext, texts: FileTexts): Promise<boolean> {
  const place = await deps.workspace.resolve(context.sessionId, texts.path, true);
  if (isFailure(place)) return true;
  if (texts.signature === null) return place.exists;
  const now = await deps.workspace.signature(context.sessionId, texts.path);
  return isFailure(now) || now.signature !== texts.signature;
}

export interface WriteDraft extends FileTexts {
  readonly after: string;
  readonly span: LineSpan;
  readonly target: RowTarget;
  readonly tags: readonly string[];
  /** Runs once the file is written; for MOVE. */
  afterwards?(context: OpContext): Promise<OpResult | null>;
}

/** Writes a file: a change of an existing one, or a new one. */
export function writeProposal(deps: FileProposalDeps, draft: WriteDraft, context: OpContext): ProposalDraft {
  const { path, before, after, signature, target, tags } = draft;
  return {
    kind: before === null ? 'create' : 'edit',
    target,
    ...fileAttrs(draft),
    baseline: before,
    baseSignature: signature,
    proposed: after,
    async apply(amended, at) {
      const text = amended ?? after;
      const written = await deps.workspace.write(at.sessionId, path, text, signature);
      if (isFailure(written)) return failed(written, target);
      if (tags.length > 0) tagFile(deps, at, path, tags);
      const more = (await draft.afterwards?.(at)) ?? null;
      if (more !== null) return more;
      const span = text === after ? draft.span : changedSpan(before ?? '', text);
      return {
        status: 200,
        target,
        tags,
        rx: showEdit(text, span),
        mimetypeRx: 'text/plain',
        written: written.signature,
      };
    },
    stale: () => isStale(deps, context, draft),
    refusal: () => refusalOf(deps, context, draft),
    rebase: mine => rebased(deps, draft, mine ?? after, context),
  };
}

/** The same change on what the file holds now: both are in the text, side by side where they touch (UI-24). */
async function rebased(
  deps: FileProposalDeps,
  draft: WriteDraft,
  mine: string,
  context: OpContext,
): Promise<Rebased | Failure> {
  const now = await deps.workspace.read(context.sessionId, draft.path);
  if (isFailure(now)) return now;
  const { text, conflicts } = mergeThreeWay(draft.before ?? '', now.text, mine, MERGE_LABELS);
  const span = changedSpan(now.text, text);
  const next = { ...draft, before: now.text, after: text, signature: now.signature, span };
  return { draft: writeProposal(deps, next, context), base: draft.before ?? '', now: now.text, mine, conflicts };
}

/** What a file that is to be deleted or renamed holds now. */
async function contentNow(
  { workspace }: FileProposalDeps,
  { path }: FileTexts,
  { sessionId }: OpContext,
): Promise<(Pick<FileTexts, 'before' | 'binary'> & { readonly signature: string }) | FileFailure> {
  const current = await workspace.signature(sessionId, path);
  if (isFailure(current)) return current;
  const snapshot = current.binary ? null : await workspace.read(sessionId, path);
  if (snapshot !== null && isFailure(snapshot)) return snapshot;
  return {
    before: snapshot?.text ?? null,
    signature: snapshot?.signature ?? current.signature,
    binary: current.binary,
  };
}

/** Deletes a file. `first` runs before it, and stops it when it fails; for MOVE. */
export function deleteProposal(
  deps: FileProposalDeps,
  draft: FileTexts & { readonly signature: string; readonly target: RowTarget },
  context: OpContext,
  first?: (context: OpContext) => Promise<OpResult | null>,
): ProposalDraft {
  const { path, before, signature, target } = draft;
  return {
    kind: 'delete',
    target,
    ...fileAttrs({ ...draft, after: null }),
    baseline: before,
    baseSignature: signature,
    proposed: null,
    async apply(_amended, at) {
      const stopped = (await first?.(at)) ?? null;
      if (stopped !== null && stopped.status >= 400) return stopped;
      const removed = await deps.workspace.remove(at.sessionId, path, signature);
      if (isFailure(removed)) return failed(removed, target);
      return { ...(stopped ?? { status: 200, rx: null }), target: stopped?.target ?? target, written: null };
    },
    stale: () => isStale(deps, context, draft),
    refusal: () => refusalOf(deps, context, draft),
    rebase: async () => {
      const now = await contentNow(deps, draft, context);
      if (isFailure(now)) return now;
      const next = deleteProposal(deps, { ...draft, ...now }, context, first);
      return { draft: next, base: before ?? '', now: now.before ?? '', mine: '', conflicts: 0 };
    },
  };
}

/** Renames a file. */
export function moveProposal(
  deps: FileProposalDeps,
  draft: FileTexts & { readonly to: string; readonly signature: string; readonly target: RowTarget },
  context: OpContext,
): ProposalDraft {
  const { path, to, signature, target } = draft;
  const { attrs } = fileAttrs({ ...draft, path: to });
  return {
    kind: 'move',
    target,
    body: `--- a/${path}\n+++ b/${to}\n`,
    attrs: { ...attrs, path, to, created: false, deleted: false },
    baseline: draft.before,
    baseSignature: signature,
    proposed: draft.before,
    async apply(amended, at) {
      const moved = await deps.workspace.move(at.sessionId, path, to, signature);
      if (isFailure(moved)) return failed(moved, target);
      if (amended === null || amended === draft.before) {
        return { status: 200, target, rx: null, written: moved.signature };
      }
      const written = await deps.workspace.write(at.sessionId, to, amended, moved.signature);
      if (isFailure(written)) return failed(written, target);
      const rx = showEdit(amended, changedSpan(draft.before ?? '', amended));
      return { status: 200, target, rx, mimetypeRx: 'text/plain', written: written.signature };
    },
    refusal: () => refusalOf(deps, context, draft),
    async stale() {
      const place = await deps.workspace.resolve(context.sessionId, to, true);
      return isFailure(place) || place.exists || (await isStale(deps, context, draft));
    },
    rebase: async () => {
      const now = await contentNow(deps, draft, context);
      if (isFailure(now)) return now;
      const next = moveProposal(deps, { ...draft, ...now, after: now.before }, context);
      return { draft: next, base: draft.before ?? '', now: now.before ?? '', mine: now.before ?? '', conflicts: 0 };
    },
  };
}
