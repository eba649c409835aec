import type { Decision, JsonObject } from '@plurnk/protocol';
import type { OpContext, OpResult, ProposalDraft, Rebased } from '../schemes/contract.ts';
import type { LogEntryId, LogRow } from '../store/contract.ts';
import type { Core } from './core.ts';
import { sessionOf } from './core.ts';
import { judgeByPolicies, policiesOf } from './policies.ts';
import {
  type Checked,
  type Decided,
  isUnresolved,
  type MergeOutcome,
  mergedDraft,
  mergeOutcome,
  type Review,
  reviewedText,
  undecidedOutcome,
} from './proposal-review.ts';
import { ProposalMachine } from './proposal-state.ts';
import type { TurnLog } from './turn-log.ts';

/** Who decided what; `by` as the ledger keeps it (ENG-68). */
interface Verdict {
  readonly decision: Decision;
  readonly by: string;
  readonly outcome?: string;
  readonly body?: string;
}

interface Pending {
  readonly row: LogRow;
  /** Replaced by the same change on a new baseline (UI-24). */
  draft: ProposalDraft;
  /** What it was merged from. */
  merged: Rebased | null;
  /** How often it was. */
  revision: number;
  readonly context: OpContext;
  readonly log: TurnLog;
  readonly machine: ProposalMachine;
  readonly settled: (row: LogRow) => void;
  timer: { cancel(): void } | null;
  stopListening: () => void;
}

type ProposalCore = Pick<Core, 'store' | 'clock' | 'events' | 'settings' | 'deps' | 'late' | 'defect'>;

/** Ops that wait for a person or a policy (2.9). One machine a proposal; settling writes row and ledger together. */
export class Proposals {
  readonly #core: ProposalCore;
  readonly #pending = new Map<LogEntryId, Pending>();

  constructor(core: ProposalCore) {
    this.#core = core;
  }

  /** Writes the proposed row, asks, and resolves with the settled row (ENG-60). */
  propose(draft: ProposalDraft, row: LogRow, context: OpContext, log: TurnLog): Promise<LogRow> {
    return new Promise(resolve => {
      const pending: Pending = {
        row,
        draft,
        merged: null,
        revision: 0,
        context,
        log,
        machine: new ProposalMachine(),
        settled: resolve,
        timer: null,
        stopListening: () => {},
      };
      this.#pending.set(row.id, pending);
      this.#record(pending);
      this.#notify(pending);
      this.#watch(pending);
      void this.#decideAlone(pending);
    });
  }

  /** null: unknown or already settled (ENG-61). 409: the text still holds a conflict, and the proposal waits (UI-24). */
  async resolve(id: LogEntryId, decision: Decision, review: Review): Promise<Decided | null> {
    const pending = this.#waiting(id);
    if (pending === null) return null;
    const { hunks, body: _body, ...who } = review;
    const none = decision === 'accept' && hunks?.length === 0;
    const body = decision === 'accept' && !none ? reviewedText(pending.draft, review) : undefined;
    if (decision === 'accept' && !none && isUnresolved(pending.draft, body)) {
      return { status: 409, message: 'The text still holds both sides of a conflict. Decide that first.' };
    }
    const verdict = { decision: none ? ('reject' as const) : decision, ...who };
    const row = await this.#settle(pending, body === undefined ? verdict : { ...verdict, body });
    if (row.state === 'resolved') return { status: 200 };
    const told = verdict.decision === 'accept' ? { outcome: row.outcome ?? 'apply_failed', message: row.rx ?? '' } : {};
    return { status: row.state === 'failed' ? 400 : 499, ...told };
  }

  /** Whether the target moved on since the proposal was made, or may not be written at all; null: it does not wait. */
  async check(id: LogEntryId): Promise<Checked | null> {
    const draft = this.#waiting(id)?.draft;
    if (draft === undefined) return null;
    const refusal = (await draft.refusal?.()) ?? null;
    return refusal === null ? { conflict: await draft.stale() } : { conflict: false, message: refusal.message };
  }

  /** The same change on what its file holds now, told again as a proposal (UI-24). null: it does not wait. */
  async merge(id: LogEntryId, mine: string | null): Promise<MergeOutcome | null> {
    const { rebase } = this.#waiting(id)?.draft ?? {};
    const merged = await rebase?.(mine);
    const pending = this.#waiting(id);
    if (pending === null) return null;
    if (merged === undefined) return { status: 415, message: 'There are no texts to merge.' };
    if ('message' in merged) return { status: merged.status, message: merged.message };
    pending.merged = merged;
    pending.revision++;
    pending.draft = mergedDraft(merged, pending.revision);
    const { kind, attrs, body, baseline, proposed, baseSignature } = pending.draft;
    const { store } = this.#core;
    store.transaction(() => {
      const baselineHash = baseline === null ? null : store.blobs.put(baseline);
      // Its hash may be all that `attrs` hold of it.
      if (proposed !== null) store.blobs.put(proposed);
      store.proposals.update(id, { kind, attrs, body, baselineHash, baseSignature });
    });
    this.#notify(pending);
    return mergeOutcome(merged, { text: proposed ?? '', conflicts: merged.conflicts });
  }

  /** What the person made of the last merge, with both sides where nothing was decided; null: there was none. */
  mergeResult(id: LogEntryId, result: string): MergeOutcome | null {
    const merged = this.#waiting(id)?.merged ?? null;
    return merged === null ? null : undecidedOutcome(merged, result);
  }

  #waiting(id: LogEntryId): Pending | null {
    const pending = this.#pending.get(id);
    return pending?.machine.state === 'waiting' ? pending : null;
  }

  get waiting(): readonly LogEntryId[] {
    return [...this.#pending.keys()];
  }

  #record(pending: Pending): void {
    const { draft, row, context } = pending;
    const { blobs, proposals } = this.#core.store;
    proposals.create({
      logEntryId: row.id,
      sessionId: context.sessionId,
      runId: context.runId,
      kind: draft.kind,
      scheme: draft.target.scheme,
      pathname: draft.target.pathname ?? '',
      body: draft.body,
      attrs: draft.attrs,
      baselineHash: draft.baseline === null ? null : blobs.put(draft.baseline),
      baseSignature: draft.baseSignature,
      proposedHash: draft.proposed === null ? null : blobs.put(draft.proposed),
      createdAt: this.#core.clock.now(),
    });
  }

  #notify({ draft, row, context }: Pending): void {
    this.#core.events.emit('loop/proposal', context.sessionId, {
      logEntryId: row.id,
      sessionId: context.sessionId,
      runId: context.runId,
      loopId: context.loopId,
      turnId: context.turnId,
      op: row.op,
      target: { scheme: draft.target.scheme, pathname: draft.target.pathname },
      body: draft.body,
      attrs: { kind: draft.kind, ...draft.attrs },
      flags: { ...context.flags },
    });
  }

  /** A cancelled run or request cancels what it waits for; a proposal nobody can review times out (ENG-63). */
  #watch(pending: Pending): void {
    const { signal, writer } = pending.context;
    const by = writer === 'client' ? 'client' : 'loop';
    const cancel = (): void => this.#settleAlone(pending, { decision: 'cancel', by, outcome: 'loop_aborted' });
    if (signal.aborted) {
      cancel();
      return;
    }
    signal.addEventListener('abort', cancel, { once: true });
    pending.stopListening = () => signal.removeEventListener('abort', cancel);
    this.#arm(pending);
  }

  #arm(pending: Pending): void {
    const { clock, settings, deps } = this.#core;
    pending.timer = clock.setTimeout(() => {
      if (pending.machine.state !== 'waiting') return;
      if (deps.reviewer(pending.context.sessionId)) this.#arm(pending);
      else this.#settleAlone(pending, { decision: 'cancel', by: 'timeout', outcome: 'timeout' });
    }, settings().proposalTimeoutMs);
  }

  /** Flags and rules decide without a person where they may (ENG-36, ENG-64, ENG-66). */
  async #decideAlone(pending: Pending): Promise<void> {
    const verdict = await this.#automatic(pending).catch(error => {
      this.#core.defect(error, 'proposal decision');
      return null;
    });
    if (verdict !== null && pending.machine.state === 'waiting') this.#settleAlone(pending, verdict);
  }

  async #automatic({ draft, context }: Pending): Promise<Verdict | null> {
    const { flags } = context;
    if (flags.noProposals) return { decision: 'reject', by: 'noProposals', outcome: 'no_review_channel' };
    const session = sessionOf(this.#core, context.sessionId);
    const policies = [...this.#core.settings().policies, ...policiesOf(session.settings.policies)];
    const rule = context.writer === 'client' ? null : judgeByPolicies(policies, draft);
    if (rule?.effect === 'deny') {
      return flags.yolo ? { decision: 'reject', by: `policy:${rule.name}`, outcome: 'policy_denied' } : null;
    }
    if (!flags.yolo && rule === null) return null;
    if (await draft.stale()) return flags.yolo ? { decision: 'reject', by: 'yolo', outcome: 'write_conflict' } : null;
    return { decision: 'accept', by: flags.yolo ? 'yolo' : `policy:${rule?.name}` };
  }

  /** Nobody waits for this decision: what goes wrong with it is a defect, not an unhandled rejection. */
  #settleAlone(pending: Pending, verdict: Verdict): void {
    this.#settle(pending, verdict).catch(error => this.#core.defect(error, 'proposal'));
  }

  async #settle(pending: Pending, verdict: Verdict): Promise<LogRow> {
    if (pending.machine.state !== 'waiting') return pending.row;
    pending.timer?.cancel();
    pending.stopListening();
    const result = verdict.decision === 'accept' ? await this.#apply(pending, verdict) : null;
    const final =
      result !== null && result.status < 400 ? accepted(pending, verdict, result) : refused(verdict, result);
    pending.machine.move(final.state);
    this.#pending.delete(pending.row.id);
    const row = this.#write(pending, verdict, final, result);
    pending.settled(row);
    return row;
  }

  async #apply(pending: Pending, verdict: Verdict): Promise<OpResult & { readonly written?: string | null }> {
    pending.machine.move('applying');
    try {
      return await pending.draft.apply(verdict.body ?? null, pending.context);
    } catch (error) {
      this.#core.defect(error, 'proposal effect');
      return { status: 500, rx: error instanceof Error ? error.message : String(error), outcome: 'apply_failed' };
    }
  }

  #write(
    pending: Pending,
    verdict: Verdict,
    final: Final,
    result: (OpResult & { written?: string | null }) | null,
  ): LogRow {
    const { store, events, clock, late } = this.#core;
    const { context } = pending;
    const settledAfter = store.log.lastId();
    const row = store.transaction(() => {
      store.proposals.update(pending.row.id, {
        decision: final.decision,
        by: verdict.by,
        outcome: final.outcome,
        decidedAt: clock.now(),
        amendedHash: final.written === null ? null : store.blobs.put(final.written),
        writtenSignature: result?.written ?? null,
      });
      return pending.log.update(pending.row, {
        statusRx: final.status,
        state: final.state,
        outcome: final.outcome,
        rx: final.rx,
        mimetypeRx: result?.mimetypeRx ?? null,
        attrs: { ...pending.row.attrs, ...final.attrs, settledAfter },
        ...(result?.tags === undefined ? {} : { tags: result.tags }),
      });
    });
    if (final.decision === 'accept') late.note(context.sessionId, { rowId: row.id, runId: row.runId, settledAfter });
    events.emit('proposal/resolved', context.sessionId, {
      sessionId: context.sessionId,
      runId: context.runId,
      logEntryId: row.id,
      decision: final.decision,
      by: verdict.by,
      ...(final.outcome === null ? {} : { outcome: final.outcome }),
    });
    return row;
  }
}

interface Final {
  readonly decision: Decision;
  readonly state: 'resolved' | 'failed' | 'cancelled';
  readonly status: number;
  readonly outcome: string | null;
  readonly rx: string | null;
  readonly attrs: JsonObject;
  /** The text that the reviewer made; null: the model's own, or none. */
  readonly written: string | null;
}

const AMENDED = 'Amended by the reviewer: what follows is what was written.\n';
const MERGED = 'Merged by the reviewer with what the file held meanwhile: what follows is what was written.\n';

function accepted({ draft, revision }: Pending, verdict: Verdict, result: OpResult): Final {
  const merged = revision > 0;
  const amended = merged || (verdict.body !== undefined && verdict.body !== draft.proposed);
  const note = merged ? MERGED : amended ? AMENDED : '';
  return {
    decision: 'accept',
    state: 'resolved',
    status: result.status,
    outcome: amended ? 'amended' : (result.outcome ?? null),
    rx: note === '' ? (result.rx ?? null) : note + (result.rx ?? ''),
    attrs: { ...result.attrs, decidedBy: verdict.by, ...(amended ? { amended: true } : {}) },
    written: verdict.body ?? (merged ? draft.proposed : null),
  };
}

/** A rejection, a cancellation, or an accepted effect that failed (ENG-61). The model gets the one-word outcome. */
function refused(verdict: Verdict, failure: OpResult | null): Final {
  const cancelled = verdict.decision === 'cancel';
  const byDefault = failure !== null ? 'apply_failed' : cancelled ? 'loop_aborted' : 'rejected';
  const outcome = failure?.outcome ?? verdict.outcome ?? byDefault;
  const sentence = failure?.rx ?? null;
  return {
    decision: cancelled ? 'cancel' : 'reject',
    state: cancelled ? 'cancelled' : 'failed',
    status: cancelled ? 499 : 400,
    outcome,
    rx: sentence === null ? outcome : `${outcome}: ${sentence}`,
    attrs: { decidedBy: verdict.by, ...(failure === null ? {} : { effectStatus: failure.status }) },
    written: verdict.decision === 'accept' ? (verdict.body ?? null) : null,
  };
}
