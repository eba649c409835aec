import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';

/** Where the WebAssembly files are: beside the bundle, or in node_modules when run from source. */
function locate(bundled: string, fromPackage: () => string): string {
  const beside = join(dirname(fileURLToPath(import.meta.url)), bundled);
  return existsSync(beside) ? beside : fromPackage();
}

const resolve = (name: string): string => createRequire(import.meta.url).resolve(name);
const runtime = (): string => locate('web-tree-sitter.wasm', () => resolve('web-tree-sitter/web-tree-sitter.wasm'));
const grammarFile = (name: string): string =>
  locate(`tree-sitter-${name}.wasm`, () =>
    join(dirname(resolve('@vscode/tree-sitter-wasm/package.json')), 'wasm', `tree-sitter-${name}.wasm`),
  );

let started: Promise<void> | undefined;
const parsers = new Map<string, Promise<Parser>>();

/** A parser of one grammar, loaded once per thread; rejects when the grammar file is missing. */
export function parserFor(grammar: string): Promise<Parser> {
  const known = parsers.get(grammar);
  if (known) return known;
  const loading = load(grammar);
  parsers.set(grammar, loading);
  return loading;
}

async function load(grammar: string): Promise<Parser> {
  started ??= Parser.init({ locateFile: runtime });
  await started;
  const language = await Language.load(grammarFile(grammar));
  return new Parser().setLanguage(language);
}
