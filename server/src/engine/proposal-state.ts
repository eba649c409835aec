import { assertTransition, type Transitions } from '../platform/transitions.ts';

/**
 * `waiting` for a decision, `applying` an accepted effect, or settled. Only a waiting proposal can be decided: a second
 * decision finds none (ENG-61).
 */
export type ProposalState = 'waiting' | 'applying' | 'resolved' | 'failed' | 'cancelled';

const PROPOSAL_TRANSITIONS: Transitions<ProposalState> = {
  waiting: ['applying', 'failed', 'cancelled'],
  applying: ['resolved', 'failed'],
  resolved: [],
  failed: [],
  cancelled: [],
};

export class ProposalMachine {
  #state: ProposalState = 'waiting';

  get state(): ProposalState {
    return this.#state;
  }

  move(to: ProposalState): void {
    assertTransition('proposal', PROPOSAL_TRANSITIONS, this.#state, to);
    this.#state = to;
  }
}
