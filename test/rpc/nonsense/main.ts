/** `npm run nonsense -- --turns 500 [--seed N]`: prints figures, exits 1 when anything is not as it must be. */
import { parseArgs } from 'node:util';
import { driveNonsense } from './drive.ts';
import { faultsOf } from './faults.ts';

const { values } = parseArgs({
  options: { turns: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
});
const began = performance.now();
const log = (line: string): void => void process.stderr.write(`\r${line}`);
const result = await driveNonsense({ turns: Number(values.turns), seed: Number(values.seed), log });
const faults = faultsOf(result);
const seconds = Math.round((performance.now() - began) / 100) / 10;
process.stderr.write('\n');
process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), seconds, ...result, faults })}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
