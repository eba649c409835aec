/** A state machine as a table: what may follow what. */
export type Transitions<State extends string | number> = { readonly [From in State]: readonly State[] };

/** An impossible transition: a defect of the engine, never something a model or a client can cause. */
export class TransitionError extends Error {
  override readonly name = 'TransitionError';
}

export function assertTransition<State extends string | number>(
  machine: string,
  table: Transitions<State>,
  from: State,
  to: State,
): void {
  const allowed: readonly State[] = table[from];
  if (!allowed.includes(to)) throw new TransitionError(`${machine}: ${from} → ${to} is not a transition`);
}
