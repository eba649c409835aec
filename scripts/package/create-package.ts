import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';
import { referencedFiles } from '../check-manifest.ts';
import { stagePackage } from './stage.ts';

/** PF-9 */
export const PACKAGE_LIMIT_BYTES = 10_000_000;
const NATIVE = /\.(?:node|so|dylib|dll|exe|a)$/i;
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'vscode:uninstall'];
const REQUIRED = ['dist/server.js', 'dist/sql-wasm.wasm', 'media/chat.js', 'LICENSE', 'README.md', 'CHANGELOG.md'];

interface ShippedManifest {
  readonly main: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

export interface PackageResult {
  readonly bytes: number;
  readonly files: readonly string[];
  /** What is wrong with the package, as sentences. */
  readonly wrong: readonly string[];
}

/** Writes the `.vsix`, and says what it holds and what is wrong with it. */
export async function createPackage(packagePath: string, log: (line: string) => void): Promise<PackageResult> {
  const stage = await mkdtemp(join(tmpdir(), 'plurnk-package-'));
  try {
    await stagePackage(stage, log);
    const files = (await listFiles({ cwd: stage, packageManager: 0 })).filter(file => file !== '.vscodeignore');
    await createVSIX({ cwd: stage, packagePath, dependencies: false });
    const { size } = await stat(packagePath);
    const manifest = JSON.parse(await readFile(join(stage, 'package.json'), 'utf8')) as ShippedManifest;
    return { bytes: size, files, wrong: packageViolations(files, manifest, size) };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** What PF-9 forbids, and what a package cannot do without. */
export function packageViolations(files: readonly string[], manifest: ShippedManifest, bytes: number): string[] {
  return [
    ...files.filter(file => NATIVE.test(file)).map(file => `native module: ${file}`),
    ...INSTALL_SCRIPTS.filter(name => manifest.scripts?.[name]).map(name => `install script: ${name}`),
    ...[...new Set([...referencedFiles(manifest), ...REQUIRED])]
      .filter(file => !files.some(shipped => shipped === file || shipped.startsWith(`${file}/`)))
      .map(file => `missing: ${file}`),
    ...(bytes < PACKAGE_LIMIT_BYTES ? [] : [`${bytes} bytes, the limit is ${PACKAGE_LIMIT_BYTES}`]),
  ];
}
