import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Target } from '@plurnk/plurnk-grammar';
import type { DocumentLink } from 'vscode-languageserver';
import type { ScriptDocument } from './script-document.ts';
import type { LanguageSources } from './sources.ts';

/** Schemes whose entries the editor opens through its file system provider (UI-34). */
const ENTRY_SCHEMES = new Set(['known', 'unknown', 'plurnk', 'skill']);

/** Links on targets that name one thing: files, entries, pages. Globs and regexes have none. */
export function linksOf(script: ScriptDocument, sources: LanguageSources): DocumentLink[] {
  return script.statements.flatMap(({ statement, parts }) => {
    const slot = parts.slots.find(one => one.kind === 'target');
    const target = statement?.target && slot ? linkOf(statement.target, sources.root()) : null;
    if (!slot || !target) return [];
    return { range: script.range({ start: slot.start + 1, end: slot.end - 1 }), target };
  });
}

function linkOf(target: Target, root: string | null): string | null {
  if (target.kind === 'regex' || /[*?]/.test(target.raw.replace(/^[a-z+.-]+:\/\/.*\?/i, ''))) return null;
  if (target.kind === 'local') return fileLink(target.raw, root);
  if (target.scheme === 'http' || target.scheme === 'https') return target.raw;
  if (target.scheme === 'file') return target.pathname ? `file://${target.pathname}` : null;
  const path = `/${target.hostname ?? ''}${target.pathname ?? ''}`.replace(/\/+/g, '/');
  return ENTRY_SCHEMES.has(target.scheme) && path !== '/' ? `plurnk-entry://${target.scheme}${path}` : null;
}

function fileLink(raw: string, root: string | null): string | null {
  const path = raw.replace(/#[\w-]+$/, '');
  if (path === '' || path.endsWith('/') || path === '.') return null;
  const decoded = safeDecode(path);
  if (isAbsolute(decoded)) return pathToFileURL(decoded).href;
  return root ? pathToFileURL(join(root, decoded)).href : null;
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
