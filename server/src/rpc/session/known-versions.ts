import type { FactStore } from '../../store/contract.ts';

const KEY = 'versions.latest';

/**
 * The newest release that this server knows of, without asking anybody outside this machine: its own, those that have
 * used this storage, and the one of the editor's extension. Service and clients are released together.
 */
export class KnownVersions {
  readonly #facts: FactStore;
  readonly #editor: () => string | null;

  constructor(facts: FactStore, installed: string, editor: () => string | null) {
    this.#facts = facts;
    this.#editor = editor;
    const before = this.#stored;
    if (before === null || isNewer(installed, before)) facts.set(KEY, installed);
  }

  get latest(): string {
    const stored = this.#stored ?? '0.0.0';
    const editor = this.#editor();
    return editor !== null && isNewer(editor, stored) ? editor : stored;
  }

  get #stored(): string | null {
    const value = this.#facts.get(KEY);
    return typeof value === 'string' ? value : null;
  }
}

/** By the numbers; a pre-release comes before its release. */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [parts(a), parts(b)];
  const at = left.numbers.findIndex((number, index) => number !== (right.numbers[index] ?? 0));
  if (at >= 0) return (left.numbers[at] ?? 0) > (right.numbers[at] ?? 0);
  return !left.isPreRelease && right.isPreRelease;
}

function parts(version: string): { readonly numbers: readonly number[]; readonly isPreRelease: boolean } {
  const [release = '', ...rest] = version.split('-');
  const numbers = [0, 1, 2].map(at => Number.parseInt(release.split('.')[at] ?? '', 10) || 0);
  return { numbers, isPreRelease: rest.length > 0 };
}
