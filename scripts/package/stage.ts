import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from '../../esbuild.mjs';
import { projectRoot } from '../host/paths.ts';
import { thirdPartyNotices } from './third-party.ts';

/** What ships beside the bundles. A pattern that matches nothing is fine; what must be there is checked afterwards. */
const SHIPPED = [
  'package.nls*.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'media/**/*.{svg,png,md,gif,json}',
  'syntaxes/*.json',
  'l10n/*.json',
  'docs/walkthrough/*',
];
/** Fields of the manifest that only the repository needs. */
const REPOSITORY_FIELDS = [
  'private',
  'workspaces',
  'bin',
  'scripts',
  'dependencies',
  'devDependencies',
  'allowScripts',
];

/** Fills a folder with exactly what ships: a minified build, the assets, the manifest, the notices. */
export async function stagePackage(folder: string, log: (line: string) => void): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { inputs } = await build({ minify: true, out: folder, log });
  await rm(join(folder, 'packages'), { recursive: true, force: true });
  for (const file of globSync(SHIPPED, { cwd: projectRoot })) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    if (existsSync(join(projectRoot, file))) await cp(join(projectRoot, file), join(folder, file));
  }
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.md'), thirdPartyNotices(inputs));
  await writeFile(join(folder, '.vscodeignore'), '');
  await writeFile(join(folder, 'package.json'), await shippedManifest());
}

async function shippedManifest(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as Record<string, unknown>;
  for (const field of REPOSITORY_FIELDS) delete manifest[field];
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
