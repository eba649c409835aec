/** Cheap evidence that nothing changed: times of folders and of the files that steer membership (RES-61, PF-6). */
import { type BigIntStats, statSync } from 'node:fs';

/** File systems stamp in steps: what changed this recently may change again under the same stamp. */
const RACY_NS = 100_000_000n;
/** Equal to no stamp. */
export const RACY = 'racy';

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

const spell = (stats: BigIntStats): string => `${stats.mtimeNs}:${stats.ctimeNs}:${stats.size}:${stats.ino}`;

/** Changes whenever the content may have changed; `absent` without a file. */
export function fileStamp(path: string): string {
  try {
    const stats = statOf(path);
    return stats === undefined ? 'absent' : spell(stats);
  } catch {
    return 'absent';
  }
}

/** Like `fileStamp`, but equal to nothing when the change is so recent that the next one could look the same. */
export function settledStamp(path: string, now: number): string {
  try {
    const stats = statOf(path);
    if (stats === undefined) return 'absent';
    return stats.mtimeNs > BigInt(Math.floor(now)) * 1_000_000n - RACY_NS ? RACY : spell(stats);
  } catch {
    return 'absent';
  }
}

export class Stamps {
  readonly #taken = new Map<string, string>();

  take(path: string, now: number): void {
    this.#taken.set(path, settledStamp(path, now));
  }

  /** Whether every path still has the stamp that was taken. */
  hold(): boolean {
    for (const [path, stamp] of this.#taken) if (stamp === RACY || fileStamp(path) !== stamp) return false;
    return true;
  }
}
