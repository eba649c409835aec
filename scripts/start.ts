// `npm start`: the product in a real editor. See CONTRIBUTING.md for the flags.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../esbuild.mjs';
import { runCheck } from './check.ts';
import { type Editor, startEditor } from './host/editor.ts';
import { cacheFolder, projectRoot } from './host/paths.ts';
import { runCommand } from './host/processes.ts';
import { copySampleWorkspace } from './host/sample-workspace.ts';
import { windowUrl } from './host/window.ts';

/** Where the editor listens when nobody took it: the storage of a workspace belongs to its address, so it should stay. */
const PORT = 3045;

const { values } = parseArgs({
  options: {
    check: { type: 'boolean' },
    code: { type: 'boolean' },
    workspace: { type: 'string' },
    port: { type: 'string' },
    'no-build': { type: 'boolean' },
  },
});
const log = (line: string) => console.log(line);
const fail = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};

if (values.workspace && !existsSync(values.workspace)) fail(`There is no folder ${values.workspace}.`);
if (!values['no-build']) await build({ log });
if (values.check) process.exitCode = await runCheck(log);
else if (values.code) process.exitCode = await openInCode();
else await stayOpen();

async function workspaceFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  if (values.workspace) return { folder: resolve(values.workspace), remove: async () => {} };
  const folder = await copySampleWorkspace();
  return {
    folder,
    remove: () => rm(dirname(folder), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

async function stayOpen(): Promise<void> {
  const { folder, remove } = await workspaceFolder();
  const editor = await startOnPort();
  const end = async () => {
    await editor.stop();
    await remove();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end());
  log(`\nworkspace  ${folder}`);
  log(`editor     ${windowUrl(editor, { workspace: folder, extensionPath: projectRoot })}`);
  log('\nOpen the address in a browser and click Plurnk in the activity bar. Ctrl-C ends everything.');
}

async function startOnPort(): Promise<Editor> {
  const dataFolder = join(cacheFolder(), 'editor-data');
  const wanted = values.port ? Number(values.port) : PORT;
  try {
    return await startEditor({ dataFolder, log, port: wanted });
  } catch (error) {
    if (values.port || !/EADDRINUSE/.test(String(error))) throw error;
    log(`port ${wanted} is taken, using a free one`);
    return await startEditor({ dataFolder, log });
  }
}

async function openInCode(): Promise<number> {
  const { folder, remove } = await workspaceFolder();
  try {
    const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${projectRoot}`, folder];
    log(`code ${args.join(' ')}`);
    const { code } = await runCommand('code', args, { onOutput: text => process.stdout.write(text) });
    return code ?? 1;
  } catch {
    return fail('The command `code` was not found. In VS Code: F1, "Shell Command: Install \'code\' command in PATH".');
  } finally {
    await remove();
  }
}
