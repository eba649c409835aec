/** The bundled runtimes. Adding one: its file and a line here. */
import type { Executor } from './contract.ts';
import { gitExecutor } from './git-executor.ts';
import { nodeExecutor } from './node-executor.ts';
import { pythonExecutor } from './python-executor.ts';
import { shExecutor } from './sh-executor.ts';
import { sqliteExecutor } from './sqlite-executor.ts';

export function bundledExecutors(): readonly Executor[] {
  return [shExecutor(), nodeExecutor(), pythonExecutor(), sqliteExecutor(), gitExecutor()];
}
