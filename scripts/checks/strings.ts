import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../host/paths.ts';

const CALL = /(?:\bl10n\.t|\bt)\(\s*(?:'((?:[^'\\]|\\.)*)'|`([^`$]*)`|"((?:[^"\\]|\\.)*)")/g;

/** Every text that the client and the webviews show, as it stands in the source: the keys of the bundles (UI-56). */
export function shownStrings(): string[] {
  const files = [
    ...globSync('client/src/**/*.ts', { cwd: projectRoot }),
    ...globSync('packages/webview/src/**/*.ts', { cwd: projectRoot }),
  ];
  const found = new Set<string>();
  for (const file of files) {
    const source = readFileSync(join(projectRoot, file), 'utf8');
    for (const match of source.matchAll(CALL)) found.add(unescaped(match[1] ?? match[2] ?? match[3] ?? ''));
  }
  return [...found].filter(text => text !== '').sort();
}

/** Calls whose text is not written out: they could not be translated. */
export function unreadableCalls(): string[] {
  const files = [
    ...globSync('client/src/**/*.ts', { cwd: projectRoot }),
    ...globSync('packages/webview/src/**/*.ts', { cwd: projectRoot }),
  ];
  return files.flatMap(file => {
    const source = readFileSync(join(projectRoot, file), 'utf8');
    return [...source.matchAll(/(?:\bl10n\.t|(?<![\w.])t)\((?!\s*['"`])([^)]{0,40})/g)]
      .filter(match => !source.slice(Math.max(0, (match.index ?? 0) - 9), match.index).endsWith('function '))
      .map(match => `${file}: ${match[0]}`);
  });
}

function unescaped(text: string): string {
  return text
    .replace(/\\u\{?([0-9a-fA-F]{4})\}?/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(.)/g, '$1');
}
