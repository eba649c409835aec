import { parseArgs } from 'node:util';
import { fuzz } from './run.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});

process.stdout.write(`${JSON.stringify(fuzz(Number(values.runs), Number(values.seed)), null, 2)}\n`);
