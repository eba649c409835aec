const SHORTEST = 2;
const MOST = 8;

/**
 * Plain texts of which every match of a regular expression holds one: the longest of each alternative. null when none
 * are known. Conservative: groups, classes, look-around and anything quantified are taken to hold nothing;
 * case-insensitive and `v` patterns are not read.
 */
export function requiredTexts(pattern: string, flags: string): readonly string[] | null {
  if (/[iv]/.test(flags)) return null;
  const texts = alternatives(pattern).map(requiredText);
  return texts.length <= MOST && texts.every(text => text !== null) ? texts : null;
}

/** Split at the top level; whole where something is not understood. */
function alternatives(pattern: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < pattern.length; ) {
    const piece = /[*+?{}]/.test(pattern.charAt(at)) ? null : pieceAt(pattern, at);
    if (piece?.kind === 'alternative') {
      parts.push(pattern.slice(from, at));
      from = piece.end;
    }
    at = piece?.end ?? at + 1;
  }
  return [...parts, pattern.slice(from)];
}

function requiredText(pattern: string): string | null {
  let best = '';
  let run = '';
  const end = (): void => {
    if (run.length > best.length) best = run;
    run = '';
  };
  for (let at = 0; at < pattern.length; ) {
    const piece = pieceAt(pattern, at);
    if (piece === null || piece.kind === 'alternative') return null;
    at = piece.end;
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(pattern.slice(at, at + 24))?.[0] ?? '';
    at += quantifier.length;
    const optional = /^(?:[*?]|\{0)/.test(quantifier);
    if (piece.kind === 'text' && !optional) {
      run += piece.text;
      if (quantifier) end();
    } else end();
  }
  end();
  return best.length >= SHORTEST ? best : null;
}

type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly end: number }
  | { readonly kind: 'other' | 'alternative'; readonly end: number };

/** The next atom at the top level; null for what is not understood. */
function pieceAt(pattern: string, at: number): Piece | null {
  const char = pattern.charAt(at);
  if (char === '|') return { kind: 'alternative', end: at + 1 };
  if (char === '[') return other(classEnd(pattern, at));
  if (char === '(') return other(groupEnd(pattern, at));
  if (char === '\\') return escapeAt(pattern, at);
  if (char === '.' || char === '^' || char === '$') return { kind: 'other', end: at + 1 };
  if (/[\x20-\x7e]/.test(char) && !/[*+?{})\]]/.test(char)) return { kind: 'text', text: char, end: at + 1 };
  return char > '\x7e' ? { kind: 'other', end: at + ((pattern.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) } : null;
}

const other = (end: number | null): Piece | null => (end === null ? null : { kind: 'other', end });

/** An escaped punctuation mark is itself; classes and anchors hold nothing; the rest is not understood. */
function escapeAt(pattern: string, at: number): Piece | null {
  const next = pattern.charAt(at + 1);
  if (/[dDwWsSbB]/.test(next)) return { kind: 'other', end: at + 2 };
  return /[^A-Za-z0-9\s]/.test(next) && next <= '\x7e' ? { kind: 'text', text: next, end: at + 2 } : null;
}

function classEnd(pattern: string, from: number): number | null {
  for (let at = from + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at + 1;
  }
  return null;
}

function groupEnd(pattern: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === '\\') at++;
    else if (char === '[') at = (classEnd(pattern, at) ?? pattern.length) - 1;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at + 1;
  }
  return null;
}
