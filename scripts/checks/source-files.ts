import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../host/paths.ts';

export interface SourceFile {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file that git tracks or would track, below the given folders and with one of the endings. */
export function sourceFiles(folders: readonly string[], endings: readonly string[]): SourceFile[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...folders],
    {
      cwd: projectRoot,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return listed
    .split('\0')
    .filter(path => endings.some(ending => path.endsWith(ending)) && existsSync(join(projectRoot, path)))
    .sort()
    .map(path => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}

export interface ImportEdge {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** 1-based. */
  readonly line: number;
}

const IMPORTS =
  /^[ \t]*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s*)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)|\brequire\(\s*['"]([^'"\n]+)['"]\s*\)/gm;

/** All imports of a module: static, re-exports, dynamic, `require`, and `import('…')` in types. */
export function importsOf(text: string): ImportEdge[] {
  const code = withoutComments(text);
  return [...code.matchAll(IMPORTS)].map(match => ({
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    typeOnly: Boolean(match[1]),
    line: code.slice(0, match.index).split('\n').length + (match[0].startsWith('\n') ? 1 : 0),
  }));
}

/** Blanks comments and keeps the line numbers. A line comment counts only where no string can contain it. */
export function withoutComments(text: string): string {
  return text
    .replace(/(^|[\s;{}(,])\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ' '))
    .replace(/^[ \t]*\/\/.*$/gm, '');
}
