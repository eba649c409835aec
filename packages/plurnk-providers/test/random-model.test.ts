import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { PlurnkParser } from '@plurnk/plurnk-grammar';
import { asProvider, createRandomModel, type RandomModel } from './support/random-model.ts';

const SAMPLES = Number(process.env.PLURNK_GRAMMAR_SAMPLES ?? 1_000);
const STEERING = { maxOps: 4, freeBytes: 12 };

describe('turn grammar in llama.cpp', function () {
  this.timeout(600_000);
  let model: RandomModel | null = null;

  before(async function () {
    const grammar = await readFile(new URL('../../plurnk-grammar/plurnk.gbnf', import.meta.url), 'utf8');
    model = await createRandomModel({ seed: 20_261_127, grammar, steering: STEERING });
    if (model === null) {
      this.skip();
    }
  });
  after(() => model?.dispose());

  it(`[LNG-20] ${SAMPLES} samples of a random model under plurnk.gbnf parse without error`, async () => {
    assert.ok(model);
    const ops = new Map<string, number>();
    let unfinished = 0;
    for (let count = 0; count < SAMPLES; ) {
      const text = await model.sample();
      if (text === null) {
        unfinished += 1;
        assert.ok(unfinished <= SAMPLES / 20 + 5, 'too many samples do not end');
        continue;
      }
      count += 1;
      for (const op of assertTurn(text)) {
        ops.set(op, (ops.get(op) ?? 0) + 1);
      }
    }
    assert.deepEqual([...ops.keys()].sort(), [
      'COPY',
      'EDIT',
      'EXEC',
      'FIND',
      'FOLD',
      'KILL',
      'MOVE',
      'OPEN',
      'PLAN',
      'READ',
      'SEND',
    ]);
  });

  it('[#8] the random model is a provider that can drive an engine', async () => {
    assert.ok(model);
    const provider = asProvider(model);
    const result = await provider.generate({ messages: [], signal: new AbortController().signal });
    assertTurn(result.text);
    await assert.rejects(provider.generate({ messages: [], signal: AbortSignal.abort() }), { kind: 'cancelled' });
  });
});

function assertTurn(text: string): string[] {
  const { items, unparsedTail } = PlurnkParser.parse(text);
  const errors = items.flatMap(item => (item.kind === 'error' && item.error.severity === 'error' ? [item.error] : []));
  assert.deepEqual(errors, [], JSON.stringify(text));
  assert.equal(unparsedTail, undefined, JSON.stringify(text));
  return items.flatMap(item => (item.kind === 'statement' ? [item.statement.op] : []));
}
