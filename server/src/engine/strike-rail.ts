import { createHash } from 'node:crypto';
import type { Statement } from '@plurnk/plurnk-grammar';
import type { LoopId } from '../store/contract.ts';
import type { EngineSettings } from './contract.ts';

/** What a turn did that rails look at. */
export interface TurnReport {
  /** At least one op ran. */
  readonly acted: boolean;
  /** An op failed with ≥ 400 other than 404 and 501. */
  readonly hardFailure: boolean;
  /** An idle turn or a premature end. */
  readonly steered: boolean;
  readonly grinderFolded: boolean;
  readonly fingerprint: string;
  /** The turn parked the loop: waiting is paced by what wakes it and is no runaway. */
  readonly waiting?: boolean;
}

export type Verdict =
  | { readonly kind: 'go on' }
  | { readonly kind: 'end'; readonly status: 500 | 508; readonly reason: string };

/** Strikes and cycles of the current loop of a run (ENG-30, ENG-31). The model never learns of them (ENG-37). */
export class StrikeRail {
  #loopId: LoopId | null = null;
  #streak = 0;
  #fingerprints: string[] = [];

  judge(loopId: LoopId, report: TurnReport, settings: EngineSettings): Verdict {
    if (this.#loopId !== loopId) this.#restart(loopId);
    const counts = report.acted && report.waiting !== true;
    if (counts) this.#fingerprints.push(report.fingerprint);
    const cycle = counts && repeats(this.#fingerprints, settings.maxCyclePeriod, settings.minCycles);
    const kept = settings.maxCyclePeriod * settings.minCycles;
    if (this.#fingerprints.length > kept) this.#fingerprints.splice(0, this.#fingerprints.length - kept);
    const strike = cycle || !report.acted || report.hardFailure || report.steered || report.grinderFolded;
    this.#streak = strike ? this.#streak + 1 : 0;
    if (this.#streak < settings.maxStrikes) return { kind: 'go on' };
    return cycle
      ? { kind: 'end', status: 508, reason: 'the same turns were repeated' }
      : { kind: 'end', status: 500, reason: 'too many turns in a row went wrong' };
  }

  #restart(loopId: LoopId): void {
    this.#loopId = loopId;
    this.#streak = 0;
    this.#fingerprints = [];
  }
}

/** Whether the newest entries repeat with a period ≤ `maxPeriod` at least `minCycles` times. */
export function repeats(fingerprints: readonly string[], maxPeriod: number, minCycles: number): boolean {
  for (let period = 1; period <= maxPeriod; period += 1) {
    const length = period * minCycles;
    if (fingerprints.length < length) return false;
    const tail = fingerprints.slice(-length);
    if (tail.every((print, index) => print === tail[index % period])) return true;
  }
  return false;
}

/** Op, target, signal, marks and body of every op of a turn, as one hash. */
export function fingerprint(statements: readonly Statement[]): string {
  const hash = createHash('sha256');
  for (const { op, target, signal, lineMarker, body } of statements) {
    hash.update(JSON.stringify([op, target?.raw ?? null, signal, lineMarker?.marks ?? null, body]));
  }
  return hash.digest('base64');
}
