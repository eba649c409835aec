/** Marks of FIND and of matcher reads: `<N,M>` pages, `<0.7>` is a minimum score, `<0.7,10,20>` both (RES-16). */
import { type Failure, fail } from './scheme.ts';

export interface Page {
  readonly minScore: number | null;
  /** 0-based, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

const isScore = (mark: number): boolean => mark > 0 && mark < 1;

export function pageOf(marks: readonly number[] | null): Page | Failure {
  const [first, ...rest] = marks ?? [];
  const scored = first !== undefined && isScore(first);
  const minScore = scored ? first : null;
  const [start, end, ...more] = scored ? rest : (marks ?? []);
  if (start === undefined) return { minScore, from: 0, to: Number.POSITIVE_INFINITY };
  const last = end ?? start;
  const whole = Number.isInteger(start) && Number.isInteger(last) && start >= 1;
  if (!whole || more.length > 0 || (last !== -1 && last < start)) {
    return fail(400, `<${(marks ?? []).join(',')}> is no page: use <1,20>, a minimum score <0.7>, or <0.7,1,20>.`);
  }
  return { minScore, from: start - 1, to: last === -1 ? Number.POSITIVE_INFINITY : last };
}
