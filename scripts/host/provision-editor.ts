import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './paths.ts';
import { mustRun } from './processes.ts';

/** The npm package with the real workbench and extension host, and the VS Code version inside it. */
export const EDITOR_PACKAGE = 'code-server@4.139.1';
export const EDITOR_VSCODE_VERSION = '1.139.1';

export interface EditorInstall {
  /** `lib/vscode` of the package: the root of the VS Code server. */
  readonly root: string;
  /** The script that starts the server. */
  readonly serverMain: string;
}

/**
 * Brings the editor of the tests into the cache, once (about 600 MB, under a minute).
 * Two runs that do this at the same time do not disturb each other: each installs aside, the first to finish is used.
 */
export async function provisionEditor(log: (line: string) => void = () => {}): Promise<EditorInstall> {
  const folder = join(cacheFolder(), EDITOR_PACKAGE.replace('@', '-'));
  const root = join(folder, 'node_modules/code-server/lib/vscode');
  const install: EditorInstall = { root, serverMain: join(root, 'out/server-main.js') };
  if (existsSync(join(folder, 'ready'))) return await withStandIns(install);

  log(`installing the editor (${EDITOR_PACKAGE}, VS Code ${EDITOR_VSCODE_VERSION}) into ${folder}`);
  const aside = `${folder}.${process.pid}.part`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const common = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'];
  await npm(['install', '--prefix', aside, EDITOR_PACKAGE, ...common], aside);
  const asideRoot = join(aside, 'node_modules/code-server/lib/vscode');
  await npm(['install', ...common], asideRoot);
  await npm(['install', ...common], join(asideRoot, 'extensions'));
  await writeFile(join(aside, 'ready'), `${EDITOR_PACKAGE}\n`);
  try {
    if (existsSync(folder) && !existsSync(join(folder, 'ready'))) await rm(folder, { recursive: true, force: true });
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!existsSync(join(folder, 'ready'))) throw error;
  }
  return await withStandIns(install);
}

/** Puts plain modules where the editor has native ones that nobody built: its log writer and its watchdog. */
async function withStandIns(install: EditorInstall): Promise<EditorInstall> {
  for (const name of ['spdlog', 'native-watchdog']) {
    const from = await readFile(join(import.meta.dirname, 'stand-ins', `${name}.cjs`), 'utf8');
    const to = join(install.root, 'node_modules/@vscode', name, 'index.js');
    if ((await readFile(to, 'utf8')) !== from) await writeFile(to, from);
  }
  return install;
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  // The npm that runs `npm test` hands its own project settings down; they must not reach this foreign install.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_(local_prefix|prefix|save|omit)|package_)/.test(name),
    ),
  );
  await mustRun(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd, env });
}
