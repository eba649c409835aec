import { join } from 'node:path';
import { projectRoot } from './paths.ts';
import { runCommand } from './processes.ts';

/** Builds the product (with `--tests` also the extension tests); throws with the messages when it does not build. */
export async function build(log: (line: string) => void, ...flags: ('--tests' | '--minify')[]): Promise<void> {
  const { code, output } = await runCommand(process.execPath, [join(projectRoot, 'esbuild.mjs'), ...flags]);
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
  log(output.trim());
}
