import type { TurnSummary } from '@plurnk/protocol';

export interface Timing {
  readonly waitMs: number;
  readonly generateMs: number;
  readonly executeMs: number;
  readonly totalMs: number;
}

/** Time of a turn split as the server measured it; what it did not measure counts as executing (UI-30). */
export function timingOf(turn: TurnSummary): Timing {
  const given = (turn.meta.timings ?? turn.meta) as { [name: string]: unknown };
  const read = (name: string): number => (typeof given[name] === 'number' ? (given[name] as number) : 0);
  const [waitMs, generateMs] = [read('waitMs'), read('generateMs')];
  const elapsed = turn.ended_at === null ? 0 : turn.ended_at - turn.created_at;
  const executeMs = read('executeMs') || Math.max(0, elapsed - waitMs - generateMs);
  return { waitMs, generateMs, executeMs, totalMs: waitMs + generateMs + executeMs };
}
