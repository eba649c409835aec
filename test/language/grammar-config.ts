/** Writes the configuration that vscode-tmgrammar-snap reads: our grammars and, from tm-grammars, the embedded ones. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

interface Contribution {
  readonly scopeName: string;
  readonly path: string;
  readonly language?: string;
  readonly injectTo?: readonly string[];
}

const EMBEDDED = /^(typescript|tsx|javascript|json|python|regexp|shellscript|yaml|css|html|xml|sql|markdown)\.json$/;

/** `root` is the repository root; `file` is where the configuration goes. */
export function writeGrammarConfig(root: string, file: string): void {
  const folder = `${root}/node_modules/tm-grammars/grammars`;
  const embedded: Contribution[] = readdirSync(folder)
    .filter(name => EMBEDDED.test(name))
    .map(name => ({ scopeName: scopeOf(`${folder}/${name}`), path: `${folder}/${name}`, language: name.slice(0, -5) }));
  const grammars: Contribution[] = [
    ...embedded,
    { scopeName: 'source.plurnk', path: `${root}/syntaxes/plurnk.tmLanguage.json`, language: 'plurnk' },
    {
      scopeName: 'markdown.plurnk.codeblock',
      path: `${root}/syntaxes/plurnk.markdown-injection.tmLanguage.json`,
      injectTo: ['text.html.markdown'],
    },
  ];
  const languages = [
    { id: 'plurnk', extensions: ['.plurnk'] },
    { id: 'markdown', extensions: ['.md'] },
  ];
  writeFileSync(
    file,
    JSON.stringify({
      contributes: {
        languages,
        grammars: grammars.map(grammar => ({ ...grammar, path: relative(dirname(file), grammar.path) })),
      },
    }),
  );
}

const scopeOf = (path: string): string => (JSON.parse(readFileSync(path, 'utf8')) as { scopeName: string }).scopeName;
