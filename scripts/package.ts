// `npm run package`: a minified build as .vsix, checked: no native module, no install script, under the size of PF-9.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';
import { build } from './host/build.ts';
import { projectRoot } from './host/paths.ts';

const LIMIT_BYTES = 10_000_000;
const NATIVE = /\.(?:node|so|dylib|dll|exe|a)$/i;
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'vscode:uninstall'];

const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  main?: string;
  scripts?: Record<string, string>;
};
await build(line => console.log(line), '--minify');
const files = await listFiles({ cwd: projectRoot, packageManager: 0 });
const packagePath = join(projectRoot, `${manifest.name}-${manifest.version}.vsix`);
await createVSIX({ cwd: projectRoot, packagePath, dependencies: false, allowMissingRepository: true });

const bytes = statSync(packagePath).size;
const wrong = [
  ...files.filter(file => NATIVE.test(file)).map(file => `native module: ${file}`),
  ...INSTALL_SCRIPTS.filter(name => manifest.scripts?.[name]).map(name => `install script: ${name}`),
  ...required()
    .filter(file => !files.includes(file))
    .map(file => `missing: ${file}`),
  ...(bytes < LIMIT_BYTES ? [] : [`${bytes} bytes, the limit is ${LIMIT_BYTES}`]),
];
for (const sentence of wrong) console.error(sentence);
console.log(`${packagePath}: ${(bytes / 1e6).toFixed(2)} MB, ${files.length} files`);
process.exitCode = wrong.length === 0 ? 0 : 1;

function required(): string[] {
  const main = (manifest.main ?? 'dist/extension.cjs').replace(/^\.\//, '');
  return [main, 'dist/server.js', 'dist/sql-wasm.wasm', 'media/chat.js', 'LICENSE', 'README.md'];
}
