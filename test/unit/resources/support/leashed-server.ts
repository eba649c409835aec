/** A process that starts a silent command and then waits to be killed; prints the pid of the command's shell. */
import { Child } from '../../../../server/src/executors/child.ts';
import { Leash } from '../../../../server/src/executors/leash.ts';

const child = new Child({
  file: '/bin/sh',
  args: ['-c', 'sleep 300 & echo $!; wait'],
  cwd: '/',
  environment: process.env,
  leash: new Leash(),
  onOutput: (_channel, chunk) => process.stdout.write(`${child.pid} ${chunk.toString()}`),
});
