/** `npm run samples -- --samples 1000 [--seed N]`: a random llama.cpp under plurnk.gbnf; throws at what does not parse. */
import { parseArgs } from 'node:util';
import { checkSamples, createSampler } from './grammar-samples.ts';

const { values } = parseArgs({
  options: { samples: { type: 'string', default: '1000' }, seed: { type: 'string', default: '20261127' } },
});
const began = performance.now();
const model = await createSampler(Number(values.seed));
try {
  const ops = await checkSamples(model, Number(values.samples));
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  process.stdout.write(
    `${JSON.stringify({ samples: Number(values.samples), failed: 0, seconds, ops: Object.fromEntries(ops) })}\n`,
  );
} finally {
  await model.dispose();
}
