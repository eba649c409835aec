/** The bundled runtimes. Adding one: its file and a line here. */
import type { Executor } from './contract.ts';
import { shExecutor } from './sh-executor.ts';

export function bundledExecutors(): readonly Executor[] {
  return [shExecutor()];
}
