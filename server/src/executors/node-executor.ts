/** JavaScript in Node. */
import type { Executor } from './contract.ts';
import { type NodeProgram, OWN_NODE, PATH_NODE } from './node-program.ts';
import { probeProgram } from './probe.ts';

export function nodeExecutor(): Executor {
  let program: NodeProgram = OWN_NODE;
  return {
    runtime: 'node',
    example: "<<EXEC[node]:console.log(require('node:os').cpus().length):EXEC  JavaScript",
    doc: `# node

Runs JavaScript in Node, with the folder of the target as its working directory. Print what you want to see:
\`<<EXEC[node](packages/app):console.log(JSON.stringify(require('./package.json').scripts)):EXEC\`. It proposes, then runs in
the background like every command (see exec).`,
    effect: () => 'host',
    async probe() {
      const onPath = await probeProgram(PATH_NODE.file, ['--version']);
      program = onPath.available ? PATH_NODE : OWN_NODE;
      return { available: true, reason: null };
    },
    invocation: command => ({ file: program.file, args: [`--eval=${command}`], env: program.env }),
  };
}
