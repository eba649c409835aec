/** Python, if the machine has it. */
import type { Executor } from './contract.ts';
import { probeProgram } from './probe.ts';

const CANDIDATES = process.platform === 'win32' ? ['python', 'py', 'python3'] : ['python3', 'python'];

export function pythonExecutor(): Executor {
  let file = CANDIDATES[0] ?? 'python3';
  return {
    runtime: 'python',
    example: '<<EXEC[python]:print(2**10):EXEC  Python',
    doc: `# python

Runs Python with the folder of the target as its working directory. Print what you want to see:
\`<<EXEC[python](data):import csv; print(len(list(csv.reader(open('a.csv'))))):EXEC\`. It proposes, then runs in the background
like every command (see exec).`,
    effect: () => 'host',
    async probe() {
      for (const candidate of CANDIDATES) {
        const answer = await probeProgram(candidate, [
          '-c',
          'import sys; sys.exit(0 if sys.version_info >= (3,) else 1)',
        ]);
        if (!answer.available) continue;
        file = candidate;
        return answer;
      }
      return { available: false, reason: `no Python 3 on the path (tried ${CANDIDATES.join(', ')})` };
    },
    invocation: command => ({ file, args: ['-u', '-X', 'utf8', '-c', command] }),
  };
}
