// Builds everything that ships, in seconds. `--minify` for the package, `--watch` while developing, `--tests` adds the extension tests.
import { existsSync, globSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = import.meta.dirname;

/** Bundled CommonJS dependencies use what only CommonJS has: `require`, `__filename`, `__dirname`. An ESM bundle gets them here. */
const commonJsBanner = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __pathDirname } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __pathDirname(__filename);',
].join('\n');

/** @returns {esbuild.BuildOptions} */
function common({ minify }) {
  return {
    absWorkingDir: root,
    bundle: true,
    conditions: ['plurnk-source'],
    target: 'es2024',
    sourcemap: minify ? false : 'linked',
    minify,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  };
}

/** @returns {esbuild.BuildOptions} */
const nodeModule = (options, entry, outfile) => ({
  ...common(options),
  entryPoints: [entry],
  outfile: join(options.out, outfile),
  platform: 'node',
  format: 'esm',
  // The bundle must run in the editor's Node as well as in the daemon's.
  mainFields: ['module', 'main'],
  banner: { js: commonJsBanner },
});

/** @returns {esbuild.BuildOptions} */
const editorModule = (options, entry, outfile) => ({
  ...common(options),
  entryPoints: [entry],
  outfile: join(options.out, outfile),
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: ['vscode', 'mocha'],
  // A library that looks whether it runs at a certain host asks for `navigator`; the editor reports that as an error of ours.
  define: { navigator: 'undefined' },
});

/** @returns {esbuild.BuildOptions} */
const webviewModule = (options, name) => ({
  ...common(options),
  entryPoints: [`packages/webview/src/${name}/main.ts`],
  outfile: join(options.out, `media/${name}.js`),
  platform: 'browser',
  format: 'esm',
  conditions: ['plurnk-source', 'browser'],
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
});

const find = pattern => globSync(pattern, { cwd: root }).sort();

/** Every bundle of the product, in one table. */
function bundles(options) {
  const list = [
    nodeModule(options, 'packages/plurnk-grammar/src/index.ts', 'packages/plurnk-grammar/dist/index.js'),
    nodeModule(options, 'packages/plurnk-grammar/src/cli.ts', 'packages/plurnk-grammar/dist/plurnk-parse.js'),
    nodeModule(options, 'packages/plurnk-providers/src/index.ts', 'packages/plurnk-providers/dist/index.js'),
    nodeModule(options, 'server/src/main.ts', 'dist/server.js'),
    nodeModule(options, 'server/src/daemon.ts', 'dist/daemon.js'),
    nodeModule(options, 'packages/cli/src/main.ts', 'dist/cli.js'),
    ...find('server/src/**/*.worker.ts').map(file => nodeModule(options, file, `dist/${basename(file, '.ts')}.js`)),
    editorModule(options, 'client/src/extension.ts', 'dist/extension.cjs'),
    webviewModule(options, 'chat'),
    webviewModule(options, 'inspector'),
  ];
  if (options.tests) {
    const tests = ['test/vscode/support/run.ts', ...find('test/vscode/**/*.test.ts')];
    for (const file of tests) {
      list.push(editorModule(options, file, `dist/test/${file.slice('test/vscode/'.length, -'.ts'.length)}.cjs`));
    }
  }
  return list;
}

/** Files that ship as they are: [from, to]. */
function assets() {
  const grammars = find('node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-*.wasm');
  return [
    ['node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm'],
    ['node_modules/web-tree-sitter/web-tree-sitter.wasm', 'dist/web-tree-sitter.wasm'],
    ...grammars.map(file => [file, `dist/${basename(file)}`]),
    ['packages/plurnk-grammar/plurnk.gbnf', 'dist/plurnk.gbnf'],
    ['node_modules/@vscode/codicons/dist/codicon.css', 'media/codicon.css'],
    ['node_modules/@vscode/codicons/dist/codicon.ttf', 'media/codicon.ttf'],
  ];
}

/** See esbuild.d.mts. */
export async function build(given = {}) {
  const options = { minify: false, tests: false, watch: false, out: root, log: console.log, ...given };
  const started = performance.now();
  for (const folder of ['dist', 'media']) await mkdir(join(options.out, folder), { recursive: true });
  const present = bundles(options).filter(({ entryPoints: [entry] }) => {
    const exists = existsSync(join(root, entry));
    if (!exists) options.log(`warning: ${entry} does not exist yet, skipped`);
    return exists;
  });
  const inputs = options.watch ? await watchBundles(present) : await buildBundles(present);
  for (const [from, to] of assets()) {
    if (existsSync(join(root, from))) await copyFile(join(root, from), join(options.out, to));
    else options.log(`warning: ${from} does not exist yet, skipped`);
  }
  options.log(`built ${present.length} bundles in ${Math.round(performance.now() - started)} ms`);
  return { inputs };
}

async function buildBundles(present) {
  const settled = await Promise.allSettled(present.map(each => esbuild.build(each)));
  const failed = settled.filter(each => each.status === 'rejected');
  if (failed.length > 0) throw new Error(failed.map(each => each.reason.message).join('\n'));
  return [...new Set(settled.flatMap(each => Object.keys(each.value.metafile.inputs)))].sort();
}

async function watchBundles(present) {
  const contexts = await Promise.all(present.map(each => esbuild.context({ ...each, logLevel: 'info' })));
  await Promise.all(contexts.map(context => context.watch()));
  return [];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const has = flag => process.argv.includes(flag);
  try {
    await build({ minify: has('--minify'), tests: has('--tests'), watch: has('--watch') });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
