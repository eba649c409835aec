/** COPY and MOVE over any two schemes (RES-18), and COPY on a run's address (RES-30). */
import type { Target } from '@plurnk/plurnk-grammar';
import { parsePath } from '@plurnk/plurnk-grammar';
import { sliceItems } from '../../content/json-items.ts';
import { isFailure, sliceLines } from '../../content/line-marker.ts';
import { countLines } from '../../content/lines.ts';
import { isTextual, mimetypeOf } from '../../content/mimetype.ts';
import { type Address, addressOf, formatAddress } from '../address.ts';
import type { OpContext, OpOutcome, OpResult, ProposalDraft } from '../contract.ts';
import { deleteProposal, moveProposal } from '../file-proposal.ts';
import { relativePath } from '../file-scheme.ts';
import { isControl, runNameOf } from '../run-scheme.ts';
import { type Content, type Edit, type Failure, fail, isFailed, refuse, rows, type Scheme } from '../scheme.ts';
import { byItem } from '../show.ts';
import { notWritable } from './edit-op.ts';
import type { OpHandler, OpServices } from './op.ts';

interface End {
  readonly scheme: Scheme;
  readonly address: Address;
}

function endOf(target: Target | null, what: string, services: OpServices): End | Failure {
  const address = target === null ? null : addressOf(target);
  if (address === null) return fail(400, `${what} is missing: name one address.`);
  const scheme = services.registry.find(address.scheme);
  return scheme === null ? services.registry.unknown(address.scheme) : { scheme, address };
}

/** The source, or the slice of it that the marks select. */
function slice(source: Content, marks: readonly number[] | null): string | Failure {
  if (marks === null) return source.text;
  const items = byItem(source.text, source.mimetype) ? sliceItems(source.text, marks) : null;
  const cut = items ?? sliceLines(source.text, marks);
  if (isFailure(cut)) return cut;
  return items === null && source.text.endsWith('\n') && cut.text !== '' ? `${cut.text}\n` : cut.text;
}

async function sourceOf(end: End, context: OpContext): Promise<Content | Failure> {
  const target = end.scheme.target(end.address, context);
  if (end.scheme.read === undefined) return fail(501, `${end.scheme.info.name} addresses cannot be copied.`);
  return (
    (await end.scheme.read(end.address, context)) ??
    fail(404, `${formatAddress(target)} does not exist. FIND lists what does.`)
  );
}

/** What stands at the destination; null: free. */
async function destinationOf(end: End, context: OpContext): Promise<Content | Failure | null> {
  const target = end.scheme.target(end.address, context);
  if (end.scheme.writable === undefined || end.scheme.write === undefined) {
    return fail(501, `${end.scheme.info.name} addresses cannot be written.`);
  }
  const forbidden = notWritable(end.scheme, context, formatAddress(target));
  if (forbidden !== null) return forbidden;
  const mimetype = mimetypeOf(end.address.path, 'text/markdown');
  if (!isTextual(mimetype)) return fail(415, `${formatAddress(target)} takes text, and its name says ${mimetype}.`);
  return end.scheme.writable(end.address, context);
}

interface Transfer {
  readonly from: End;
  readonly to: End;
  readonly source: Content;
  readonly edit: Edit;
}

async function prepare(
  from: End,
  to: End,
  tags: readonly string[] | null,
  marks: readonly number[] | null,
  context: OpContext,
): Promise<Transfer | OpOutcome> {
  const target = to.scheme.target(to.address, context);
  const source = await sourceOf(from, context);
  if (isFailed(source)) return refuse(source, from.scheme.target(from.address, context));
  const text = slice(source, marks);
  if (typeof text !== 'string') return refuse(text, source.target);
  const standing = await destinationOf(to, context);
  if (standing !== null && isFailed(standing)) return refuse(standing, target);
  if (standing !== null && standing.text === text) return rows({ status: 304, target, rx: null });
  if (standing !== null) {
    return refuse(
      fail(409, `${formatAddress(target)} exists and differs. KILL it first, or EDIT it.`, 'exists'),
      target,
    );
  }
  const span = { lineStart: 1, lineEnd: countLines(text) };
  return { from, to, source, edit: { before: null, text, span, tags: tags ?? source.tags } };
}

const isOutcome = (value: Transfer | OpOutcome): value is OpOutcome => 'kind' in value;

/** A copy does not repeat what it copied. */
const copied = (result: OpResult): OpResult => (result.status < 400 ? { ...result, status: 201, rx: null } : result);

async function write(transfer: Transfer, context: OpContext): Promise<OpOutcome> {
  const { to, edit } = transfer;
  const outcome = await to.scheme.write?.(to.address, edit, context);
  if (outcome === undefined) return refuse(fail(501, `${to.scheme.info.name} addresses cannot be written.`));
  return outcome.kind === 'rows' ? rows(...outcome.rows.map(copied)) : outcome;
}

/** COPY on a run's own address starts or forks a run with the body as its prompt. */
async function startRun(
  address: Address,
  body: string | null,
  context: OpContext,
  services: OpServices,
): Promise<OpResult> {
  if (address.authority === '')
    return { status: 400, rx: 'A run is addressed by its name: run://name, or run://self to fork.' };
  const prompt = body ?? '';
  if (prompt.trim() === '') return { status: 400, rx: 'A run needs a prompt in the body.' };
  if (address.authority.toLowerCase() === 'self') return services.runs.fork(prompt, context);
  return services.runs.spawn(runNameOf(address, context), prompt, context);
}

export const copyOp: OpHandler<'COPY'> = async (statement, context, services) => {
  const from = endOf(statement.target, 'The source of COPY', services);
  if (isFailed(from)) return refuse(from);
  if (from.address.scheme === 'run' && isControl(from.address)) {
    const target = from.scheme.target(from.address, context);
    return rows({ target, ...(await startRun(from.address, statement.body, context, services)) });
  }
  const to = endOf(parsePath((statement.body ?? '').trim()), 'The destination in the body of COPY', services);
  if (isFailed(to)) return refuse(to, from.scheme.target(from.address, context));
  const transfer = await prepare(from, to, statement.signal, statement.lineMarker?.marks ?? null, context);
  return isOutcome(transfer) ? transfer : write(transfer, context);
};

const fileDeps = (services: OpServices) => ({
  workspace: services.workspace,
  entries: services.store.entries,
  now: services.now,
});

/** Both ends are project files: one proposal that renames. */
async function renameFile(from: End, to: End, context: OpContext, services: OpServices): Promise<OpOutcome> {
  const { workspace } = services;
  const { sessionId } = context;
  const source = from.scheme.target(from.address, context);
  const target = to.scheme.target(to.address, context);
  const place = await workspace.resolve(sessionId, relativePath(from.address, context), true);
  if ('message' in place) return refuse(place, source);
  if (!place.exists) return refuse(fail(404, `${formatAddress(source)} does not exist.`), source);
  const free = await workspace.resolve(sessionId, relativePath(to.address, context), true);
  if ('message' in free) return refuse(free, target);
  const current = await workspace.signature(sessionId, place.path);
  if ('message' in current) return refuse(current, source);
  if (free.exists) {
    const there = await workspace.signature(sessionId, free.path);
    const same = !('message' in there) && there.signature === current.signature;
    if (same) return rows({ status: 304, target, rx: null });
    return refuse(
      fail(409, `${formatAddress(target)} exists and differs. KILL it first, or EDIT it.`, 'exists'),
      target,
    );
  }
  const snapshot = current.binary ? null : await workspace.read(sessionId, place.path);
  const before = snapshot === null || 'message' in snapshot ? null : snapshot.text;
  const { signature, binary } = current;
  const draft = { path: place.path, to: free.path, before, after: before, signature, binary, target };
  const proposal = moveProposal(fileDeps(services), draft, context);
  return { kind: 'proposal', proposal: services.unseen.movedAway(proposal, place.path, free.path) };
}

/** The removal of the source, as the second half of a MOVE. */
async function removeSource(from: End, context: OpContext): Promise<OpResult | null> {
  const outcome = await from.scheme.remove?.(from.address, context, null);
  const row = outcome?.kind === 'rows' ? outcome.rows[0] : undefined;
  return row !== undefined && row.status >= 400 ? row : null;
}

/** The source is a file: its deletion is what a person decides about; the copy is made when it is accepted. */
function moveFileAway(transfer: Transfer, context: OpContext, services: OpServices): OpOutcome {
  const { source } = transfer;
  const draft = {
    path: source.target.pathname ?? '',
    before: source.text,
    after: null,
    signature: source.signature ?? '',
    target: source.target,
  };
  const first = async (at: OpContext): Promise<OpResult | null> => {
    const outcome = await write(transfer, at);
    return outcome.kind === 'rows' ? (outcome.rows[0] ?? null) : null;
  };
  const proposal = deleteProposal(fileDeps(services), draft, context, first);
  return { kind: 'proposal', proposal: services.unseen.noted(proposal, draft.path) };
}

export const moveOp: OpHandler<'MOVE'> = async (statement, context, services) => {
  const from = endOf(statement.target, 'The source of MOVE', services);
  if (isFailed(from)) return refuse(from);
  const to = endOf(statement.body, 'The destination in the body of MOVE', services);
  if (isFailed(to)) return refuse(to, from.scheme.target(from.address, context));
  const source = from.scheme.target(from.address, context);
  if (from.scheme.remove === undefined)
    return refuse(fail(501, `${from.scheme.info.name} addresses cannot be moved.`), source);
  const forbidden = notWritable(from.scheme, context, formatAddress(source));
  if (forbidden !== null) return refuse(forbidden, source);
  if (statement.lineMarker !== null) return refuse(fail(400, 'MOVE moves whole entries. COPY takes a slice.'), source);
  const files = from.address.scheme === 'file' && to.address.scheme === 'file';
  if (files) return renameFile(from, to, context, services);
  const transfer = await prepare(from, to, statement.signal, null, context);
  if (isOutcome(transfer)) return transfer;
  if (from.address.scheme === 'file') return moveFileAway(transfer, context, services);
  const outcome = await write(transfer, context);
  if (outcome.kind === 'proposal') return { kind: 'proposal', proposal: thenRemove(outcome.proposal, from) };
  if (outcome.kind !== 'rows' || outcome.rows.some(row => row.status >= 400)) return outcome;
  const kept = await removeSource(from, context);
  return kept === null ? outcome : rows(kept);
};

/** An entry becomes a file: the entry goes once the file is written. */
function thenRemove(proposal: ProposalDraft, from: End): ProposalDraft {
  return {
    ...proposal,
    async apply(amended, context) {
      const result = await proposal.apply(amended, context);
      if (result.status >= 400) return result;
      const kept = await removeSource(from, context);
      return kept === null ? result : { ...kept, outcome: kept.outcome ?? 'apply_failed' };
    },
  };
}
