import type { LogEntryId, LogRow, Store } from '../store/contract.ts';
import type { OpContext, ProposalDraft } from './contract.ts';

/** What a file held before a run wrote it; both null: there was none. */
export interface Before {
  /** null: there was no file. */
  readonly text: string | null;
  readonly signature: string | null;
}

interface Write extends Before {
  readonly runId: OpContext['runId'];
  /** The newest row of the store when it was written. */
  readonly at: LogEntryId;
}

/** What paths hold before a proposal is applied. */
export type Places = readonly (readonly [path: string, before: Before])[];

const ABSENT: Before = { text: null, signature: null };

/** Writes of a path that are kept; a turn rarely misses more. */
const KEPT = 32;

/**
 * Writes of runs that other runs may not have seen yet: what a run saw of a file at its last look is the baseline of
 * its edit, whoever wrote the file since (RES-62). Kept in memory, since no turn outlives the process.
 */
export class UnseenWrites {
  readonly #store: Pick<Store, 'log' | 'turns'>;
  readonly #writes = new Map<string, Write[]>();

  constructor(store: Pick<Store, 'log' | 'turns'>) {
    this.#store = store;
  }

  note({ sessionId, runId }: OpContext, path: string, before: Before): void {
    const key = `${sessionId} ${path}`;
    const writes = [...(this.#writes.get(key) ?? []), { ...before, runId, at: this.#store.log.lastId() }];
    this.#writes.set(key, writes.slice(-KEPT));
  }

  /** The proposal that, once it is applied, leaves something at its path that other runs have not seen. */
  noted(proposal: ProposalDraft, path: string): ProposalDraft {
    return this.#after(proposal, ({ baseline, baseSignature }) => [
      [path, { text: baseline, signature: baseSignature }],
    ]);
  }

  /** The same for a rename, which changes both places. */
  movedAway(proposal: ProposalDraft, from: string, to: string): ProposalDraft {
    return this.#after(proposal, ({ baseline, baseSignature }) => [
      [from, { text: baseline, signature: baseSignature }],
      [to, ABSENT],
    ]);
  }

  #after(proposal: ProposalDraft, placesOf: (proposal: ProposalDraft) => Places): ProposalDraft {
    const { rebase } = proposal;
    return {
      ...proposal,
      apply: async (amended, at) => {
        const result = await proposal.apply(amended, at);
        if (result.status < 400) for (const [path, before] of placesOf(proposal)) this.note(at, path, before);
        return result;
      },
      ...(rebase === undefined
        ? {}
        : {
            rebase: async mine => {
              const rebased = await rebase(mine);
              return 'draft' in rebased ? { ...rebased, draft: this.#after(rebased.draft, placesOf) } : rebased;
            },
          }),
    };
  }

  /** What the run still takes the file to hold; null: nobody else wrote it since the run looked at it. */
  before(context: OpContext, path: string): Before | null {
    const writes = this.#writes.get(`${context.sessionId} ${path}`) ?? [];
    if (!writes.some(write => write.runId !== context.runId)) return null;
    const looked = this.#store.turns.get(context.turnId)?.meta.lookedAt;
    if (typeof looked !== 'number') return null;
    const saw = Math.max(looked, this.#lastSaw(context, path));
    return writes.find(write => write.runId !== context.runId && write.at >= saw) ?? null;
  }

  /** Id of the newest row of this turn in which the run read or changed the file. */
  #lastSaw({ runId, turnId }: OpContext, path: string): number {
    const showed = (row: LogRow): boolean =>
      row.scheme === null && row.pathname === path && row.state === 'resolved' && row.statusRx < 300;
    return this.#store.log.list(runId, { turnId }).findLast(showed)?.id ?? 0;
  }
}
