// The one-way dependencies of the code, enforced: `node scripts/check-imports.ts` lists every import that breaks them.
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importsOf, type SourceFile, sourceFiles, withoutComments } from './checks/source-files.ts';

/** Which of our packages each part may import by name. Relative imports stay inside the part. */
const PARTS: readonly { readonly folder: string; readonly packages: readonly string[] }[] = [
  { folder: 'packages/plurnk-grammar/src', packages: [] },
  { folder: 'packages/plurnk-providers/src', packages: [] },
  { folder: 'packages/protocol/src', packages: [] },
  { folder: 'packages/cli/src', packages: ['@plurnk/protocol'] },
  { folder: 'packages/webview/src', packages: ['@plurnk/protocol'] },
  { folder: 'client/src', packages: ['@plurnk/protocol'] },
  { folder: 'server/src', packages: ['@plurnk/protocol', '@plurnk/plurnk-grammar', '@plurnk/plurnk-providers'] },
];

/** Inside the server, lowest layer first. A layer imports lower layers; peers of one layer see each other's contracts only. */
const SERVER_LAYERS: readonly (readonly string[])[] = [
  ['platform'],
  ['store', 'content'],
  ['workspace', 'schemes', 'executors', 'packet'],
  ['engine'],
  ['language'],
  ['rpc'],
];
/** `language` reads through the grammar and these, nothing else of the server. */
const LANGUAGE_READS = ['platform/', 'content/', 'engine/contract.ts', 'store/contract.ts', 'schemes/contract.ts'];
/** Schemes start processes and read files, executors run git: they use these peers as a whole. */
const WHOLE_PEERS: Readonly<Record<string, readonly string[]>> = {
  schemes: ['workspace', 'executors'],
  executors: ['workspace'],
};

/** The `sqlite` runtime runs SQL of the model on databases of the workspace; ours stays in the store. */
const SQL_RUNTIME = ['server/src/executors/sqlite.worker.ts'];

const SQL =
  /['"`]\s*(?:SELECT\s[\s\S]*?\sFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(?:TABLE|INDEX|TRIGGER)|PRAGMA\s)/;

/** Every violation in the given files, as `path:line sentence`. */
export function importViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap(file => [...importRules(file), ...textRules(file)]);
}

function importRules(file: SourceFile): string[] {
  return importsOf(file.text).flatMap(({ specifier, line }) => {
    const sentence = specifier.startsWith('.') ? relativeRule(file.path, specifier) : packageRule(file.path, specifier);
    return sentence ? [`${file.path}:${line} ${sentence}`] : [];
  });
}

function packageRule(path: string, specifier: string): string | undefined {
  if (specifier === 'vscode' && !path.startsWith('client/') && !path.startsWith('test/vscode/'))
    return "imports 'vscode': only client/ and test/vscode/ may";
  if (/^sql\.js(\/|$)/.test(specifier) && !path.startsWith('server/src/store/') && !path.startsWith('test/'))
    return SQL_RUNTIME.includes(path) ? undefined : "imports 'sql.js': only server/src/store/ may";
  const part = PARTS.find(({ folder }) => path.startsWith(`${folder}/`));
  const own = /^@plurnk\/[^/]+/.exec(specifier)?.[0];
  if (part && own && !part.packages.includes(own)) return `imports ${own}: ${part.folder} may not`;
  if (own && specifier.startsWith(`${own}/src`))
    return `imports ${specifier}: a package is imported by what it exports`;
  return undefined;
}

function relativeRule(path: string, specifier: string): string | undefined {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (target.startsWith('../')) return `imports ${specifier}, which is outside the repository`;
  const part = PARTS.find(({ folder }) => path.startsWith(`${folder}/`));
  if (!part) return undefined;
  if (!target.startsWith(`${part.folder}/`))
    return `imports ${target}: ${part.folder} reaches others by package name only`;
  return part.folder === 'server/src' ? serverRule(path.slice(11), target.slice(11)) : undefined;
}

function serverRule(from: string, to: string): string | undefined {
  const [fromArea, toArea] = [areaOf(from), areaOf(to)];
  if (fromArea === undefined || fromArea === toArea) return undefined;
  if (toArea === undefined) return `imports ${to}: only the composition root uses the root files of the server`;
  const [fromLayer, toLayer] = [layerOf(fromArea), layerOf(toArea)];
  if (fromLayer < 0) return `is in server/src/${fromArea}, a folder that scripts/check-imports.ts does not know`;
  if (toLayer < 0) return `imports server/src/${toArea}, a folder that scripts/check-imports.ts does not know`;
  if (fromArea === 'language' && !LANGUAGE_READS.some(allowed => to.startsWith(allowed)))
    return `imports ${to}: language reads ${LANGUAGE_READS.join(', ')} only`;
  if (toLayer > fromLayer) return `imports ${to}: ${fromArea} is below ${toArea}`;
  const peerContract = to === `${toArea}/contract.ts` || WHOLE_PEERS[fromArea]?.includes(toArea);
  if (toLayer === fromLayer && !peerContract)
    return `imports ${to}: ${fromArea} sees only the contract of its peer ${toArea}`;
  return undefined;
}

function areaOf(path: string): string | undefined {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : undefined;
}

function layerOf(area: string): number {
  return SERVER_LAYERS.findIndex(layer => layer.includes(area));
}

function textRules({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  const found: string[] = [];
  if (
    PARTS.some(({ folder }) => path.startsWith(`${folder}/`)) &&
    !path.startsWith('server/src/store/') &&
    SQL.test(code)
  )
    found.push(`${path} contains SQL: only server/src/store/ may`);
  if (namesFolderBesideRepository(path, code)) found.push(`${path} names the shared folder beside the repository`);
  return found;
}

/** A source part may have a folder of its own with that name; its imports are resolved by `relativeRule`. */
function namesFolderBesideRepository(path: string, code: string): boolean {
  if (path === 'scripts/check-imports.ts' || path.startsWith('test/unit/scripts/')) return false;
  return (
    /\/work\/shared\b/.test(code) || (/^(?:scripts|test|bench|\.ci|esbuild)/.test(path) && /\.\.\/shared\//.test(code))
  );
}

/** All source files of the repository that the rules are about. */
export function checkImports(): string[] {
  const folders = ['packages', 'server', 'client', 'test', 'scripts', 'bench', 'esbuild.mjs', '.ci'];
  const files = sourceFiles(folders, ['.ts', '.mjs', '.cjs', '.js', '.ci/run']);
  return importViolations(files.filter(({ path }) => !path.startsWith('test/fixtures/')));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const violations = checkImports();
  for (const violation of violations) console.error(violation);
  console.log(violations.length === 0 ? 'imports: all one way' : `imports: ${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
