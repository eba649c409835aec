import assert from 'node:assert/strict';
import { assertTurn, checkSamples, createSampler } from './support/grammar-samples.ts';
import { asProvider, type RandomModel } from './support/random-model.ts';

const SAMPLES = 200;

/** The long version is `npm run samples -- --samples 1000`. Where llama.cpp cannot be had, these tests fail. */
describe('turn grammar in llama.cpp', function () {
  this.timeout(300_000);
  let model: RandomModel;

  before(async () => {
    model = await createSampler(20_261_127);
  });
  after(() => model?.dispose());

  it(`[LNG-20] ${SAMPLES} samples of a random model under plurnk.gbnf parse without error`, async () => {
    const ops = await checkSamples(model, SAMPLES);
    assert.equal([...ops.keys()].sort().join(' '), 'COPY EDIT EXEC FIND FOLD KILL MOVE OPEN PLAN READ SEND');
  });

  it('[#8] the random model is a provider that can drive an engine', async () => {
    const provider = asProvider(model);
    const result = await provider.generate({ messages: [], signal: new AbortController().signal });
    assertTurn(result.text);
    await assert.rejects(provider.generate({ messages: [], signal: AbortSignal.abort() }), { kind: 'cancelled' });
  });
});
