import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { PlurnkParser } from '@plurnk/plurnk-grammar';
import { createRandomModel, type RandomModel } from './random-model.ts';

export const turnGrammar = (): Promise<string> =>
  readFile(new URL('../../../plurnk-grammar/plurnk.gbnf', import.meta.url), 'utf8');

export const createSampler = async (seed: number): Promise<RandomModel> =>
  createRandomModel({ seed, grammar: await turnGrammar(), steering: { maxOps: 4, freeBytes: 12 } });

/** Samples that many turns; throws at the first that does not parse. How often each op came. */
export async function checkSamples(model: RandomModel, samples: number): Promise<ReadonlyMap<string, number>> {
  const ops = new Map<string, number>();
  let unfinished = 0;
  for (let count = 0; count < samples; ) {
    const text = await model.sample();
    if (text === null) {
      unfinished += 1;
      assert.ok(unfinished <= samples / 20 + 5, 'too many samples do not end');
      continue;
    }
    count += 1;
    for (const op of assertTurn(text)) {
      ops.set(op, (ops.get(op) ?? 0) + 1);
    }
  }
  return ops;
}

/** Ops of a turn, which must parse without an error. */
export function assertTurn(text: string): string[] {
  const { items, unparsedTail } = PlurnkParser.parse(text);
  const errors = items.flatMap(item => (item.kind === 'error' && item.error.severity === 'error' ? [item.error] : []));
  assert.deepEqual(errors, [], JSON.stringify(text));
  assert.equal(unparsedTail, undefined, JSON.stringify(text));
  return items.flatMap(item => (item.kind === 'statement' ? [item.statement.op] : []));
}
