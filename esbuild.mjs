// Builds everything that ships, in seconds. `--minify` for the package, `--watch` while developing, `--tests` adds the extension tests.
import { globSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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

/** Zod brings its messages in sixty languages along; ours are English, and the server starts without reading them. */
const englishOnly = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

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
    plugins: [englishOnly],
  };
}

/** @returns {esbuild.BuildOptions} */
const nodeModules = (options, folder, entries) => ({
  ...common(options),
  entryPoints: entries.map(([file, out]) => ({ in: file, out })),
  outdir: join(options.out, folder),
  // What several of them contain is written once, and what is imported on demand is loaded on demand. The chunks lie beside
  // the entries, so that `import.meta.url` finds workers and assets from either.
  splitting: true,
  chunkNames: 'chunk-[hash]',
  platform: 'node',
  format: 'esm',
  // The bundle must run in the editor's Node as well as in the daemon's.
  mainFields: ['module', 'main'],
  banner: { js: commonJsBanner },
});

/** @returns {esbuild.BuildOptions} */
const editorModules = (options, folder, entries) => ({
  ...common(options),
  entryPoints: entries.map(([file, out]) => ({ in: file, out })),
  outdir: join(options.out, folder),
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: ['vscode', 'mocha'],
  // A library that looks whether it runs at a certain host asks for `navigator`; the editor reports that as an error of ours.
  define: { navigator: 'undefined' },
});

/** @returns {esbuild.BuildOptions} */
const webviewModules = (options, names) => ({
  ...common(options),
  entryPoints: names.map(name => ({ in: `packages/webview/src/${name}/main.ts`, out: name })),
  outdir: join(options.out, 'media'),
  platform: 'browser',
  format: 'esm',
  conditions: ['plurnk-source', 'browser'],
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
});

const find = pattern => globSync(pattern, { cwd: root }).sort();
const extensionTests = () => ['test/vscode/support/run.ts', ...find('test/vscode/**/*.test.ts')];

/** Every bundle of the product, in one table: [source, name of the output]. */
function bundles(options) {
  return [
    nodeModules(options, 'packages/plurnk-grammar/dist', [
      ['packages/plurnk-grammar/src/index.ts', 'index'],
      ['packages/plurnk-grammar/src/cli.ts', 'plurnk-parse'],
    ]),
    nodeModules(options, 'packages/plurnk-providers/dist', [['packages/plurnk-providers/src/index.ts', 'index']]),
    nodeModules(options, 'dist', [
      ['server/src/main.ts', 'server'],
      ['server/src/daemon.ts', 'daemon'],
      ['packages/cli/src/main.ts', 'cli'],
      ...find('server/src/**/*.worker.ts').map(file => [file, basename(file, '.ts')]),
    ]),
    editorModules(options, 'dist', [['client/src/extension.ts', 'extension']]),
    ...(options.tests
      ? [
          editorModules(
            options,
            'dist/test',
            extensionTests().map(file => [file, file.slice('test/vscode/'.length, -'.ts'.length)]),
          ),
        ]
      : []),
    webviewModules(options, ['chat', 'inspector']),
  ];
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
  const list = bundles(options);
  const inputs = options.watch ? await watchBundles(list) : await buildBundles(list);
  for (const [from, to] of assets()) await copyFile(join(root, from), join(options.out, to));
  options.log(`built in ${Math.round(performance.now() - started)} ms`);
  return { inputs };
}

async function buildBundles(list) {
  const settled = await Promise.allSettled(list.map(each => esbuild.build(each)));
  const failed = settled.filter(each => each.status === 'rejected');
  if (failed.length > 0) throw new Error(failed.map(each => each.reason.message).join('\n'));
  const metafiles = settled.map(each => each.value.metafile);
  await removeStale(metafiles.flatMap(({ outputs }) => Object.keys(outputs)));
  return [...new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs)))].sort();
}

/** Chunks and tests of earlier builds. Those of the last hour stay: a running editor may still load them. */
async function removeStale(outputs) {
  const current = new Set(outputs.map(file => join(root, file)));
  for (const folder of new Set([...current].map(dirname))) {
    for (const name of await readdir(folder)) {
      const file = join(folder, name);
      if (!/^chunk-\w+\.js(?:\.map)?$|\.test\.cjs(?:\.map)?$/.test(name) || current.has(file)) continue;
      const old = name.startsWith('chunk-') ? (await stat(file)).mtimeMs < Date.now() - 3_600_000 : true;
      if (old) await rm(file, { force: true });
    }
  }
}

async function watchBundles(list) {
  const contexts = await Promise.all(list.map(each => esbuild.context({ ...each, logLevel: 'info' })));
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
