import { jsonpath } from 'json-p3';
import xpath from 'xpath';
import type { Matcher } from './ast.ts';
import { splitRegex } from './path.ts';

/** The type declarations of `xpath` leave `parse` out. */
const xpathParser = xpath as unknown as { parse(expression: string): unknown };

/** Longer XPath and JSONPath expressions, and deeper ones, are globs: what they cost and answer stays predictable. */
const MAX_EXPRESSION_LENGTH = 16_384;
const MAX_EXPRESSION_DEPTH = 200;

/** Classifies the body of FIND, READ, OPEN or FOLD by its first characters; what fails its dialect is a glob (LNG-11). */
export function parseMatcher(raw: string): Matcher {
  switch (raw.charAt(0)) {
    case '/':
      return { dialect: raw.startsWith('//') && isXPath(raw) ? 'xpath' : 'glob', raw };
    case '#': {
      const parts = splitRegex(raw);
      return parts === null ? { dialect: 'glob', raw } : { dialect: 'regex', raw, ...parts };
    }
    case '$':
      return { dialect: isJsonPath(raw) ? 'jsonpath' : 'glob', raw };
    case '~':
      return { dialect: 'semantic', raw };
    case '@':
      return { dialect: 'graph', raw };
    default:
      return { dialect: 'glob', raw };
  }
}

const parseXPath = (raw: string): unknown => xpathParser.parse(raw);
const parseJsonPath = (raw: string): unknown => jsonpath.compile(raw);

function isXPath(raw: string): boolean {
  return accepts(raw, parseXPath);
}

function isJsonPath(raw: string): boolean {
  return accepts(raw, parseJsonPath);
}

/** The last verdicts on short expressions: models repeat themselves, and the dialect parsers are slow. */
const verdicts = new Map<string, boolean>();
const MAX_VERDICTS = 512;
const MAX_REMEMBERED_LENGTH = 256;

function accepts(raw: string, parse: (expression: string) => unknown): boolean {
  const known = verdicts.get(raw);
  if (known !== undefined) return known;
  const verdict = isAccepted(raw, parse);
  if (raw.length <= MAX_REMEMBERED_LENGTH) {
    if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
    verdicts.set(raw, verdict);
  }
  return verdict;
}

function isAccepted(raw: string, parse: (expression: string) => unknown): boolean {
  if (!isBounded(raw)) return false;
  try {
    return parse(raw) !== undefined;
  } catch {
    return false;
  }
}

function isBounded(raw: string): boolean {
  if (raw.length > MAX_EXPRESSION_LENGTH) return false;
  let depth = 0;
  for (const char of raw) {
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    if (depth > MAX_EXPRESSION_DEPTH) return false;
  }
  return true;
}
