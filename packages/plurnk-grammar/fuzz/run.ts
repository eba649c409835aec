import { PlurnkParser } from '../src/index.ts';
import { assertInvariants, assertPosition } from '../test/support/invariants.ts';
import { SourceGenerator, seededRandom } from './generate.ts';

/** What one fuzz run did. */
export interface FuzzReport {
  readonly runs: number;
  readonly seed: number;
  readonly characters: number;
  readonly statements: number;
  readonly errors: number;
  readonly tails: number;
  readonly seconds: number;
}

/** Checks one source: both entry points, every invariant, every position. Throws with the source if one does not hold. */
export function checkSource(source: string): { statements: number; errors: number; tails: number } {
  const count = { statements: 0, errors: 0, tails: 0 };
  try {
    for (const result of [PlurnkParser.parse(source), PlurnkParser.parseStatements(source)]) {
      assertInvariants(source, result);
      for (const item of result.items) {
        if (item.kind === 'statement') assertPosition(source, item.statement.position);
        if (item.kind === 'text') assertPosition(source, item.position);
        if (item.kind === 'statement') count.statements++;
        if (item.kind === 'error') count.errors++;
      }
      if (result.unparsedTail !== undefined) count.tails++;
    }
  } catch (cause) {
    throw new Error(`Fuzzed source fails: ${JSON.stringify(source)}`, { cause });
  }
  return count;
}

export function fuzz(runs: number, seed: number): FuzzReport {
  const generator = new SourceGenerator(seededRandom(seed));
  const start = performance.now();
  const total = { characters: 0, statements: 0, errors: 0, tails: 0 };
  for (let run = 0; run < runs; run++) {
    const source = generator.next();
    const count = checkSource(source);
    total.characters += source.length;
    total.statements += count.statements;
    total.errors += count.errors;
    total.tails += count.tails;
  }
  return { runs, seed, ...total, seconds: Math.round(performance.now() - start) / 1000 };
}
