import { isWhiteSpaceCode } from './chars.ts';

const NAMES: { readonly [code: number]: string } = {
  9: 'a tab',
  10: 'a line break',
  13: 'a line break',
  32: 'a space',
};

/** How a message names the character at `at`: quoted, by name if it is invisible, or as the end of the input. */
export function describeAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  if (code === undefined) return 'the end of the input';
  const name = NAMES[code];
  if (name !== undefined) return name;
  if (code < 32 || code === 127 || isWhiteSpaceCode(code) || (code >= 0xd800 && code <= 0xdfff))
    return `U+${hex(code)}`;
  return `\`${String.fromCodePoint(code)}\``;
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

/** A piece of the source for a message: one line, at most `limit` characters. */
export function excerpt(raw: string, limit = 60): string {
  const line = raw.slice(0, limit + 1).replace(/\s+/g, ' ');
  return line.length <= limit && raw.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}
