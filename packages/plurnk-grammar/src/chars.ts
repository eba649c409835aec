/** Character codes the scanner compares with. */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const HASH = 35;
export const OPEN_PAREN = 40;
export const CLOSE_PAREN = 41;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const COLON = 58;
export const LESS = 60;
export const GREATER = 62;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;

const WORD = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_') WORD[char.charCodeAt(0)] = 1;

/** `[A-Za-z0-9_]`; false for NaN, so also for the end of the input. */
export function isWordCode(code: number): boolean {
  return WORD[code] === 1;
}

export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The white space of the language: space, tab, CR, LF (LNG-2). */
export function isBlankCode(code: number): boolean {
  return code === SPACE || code === LF || code === TAB || code === CR;
}

/** White space of any kind, as JavaScript's `\s` has it. */
export function isWhiteSpaceCode(code: number): boolean {
  if (code < 128) return code === SPACE || (code >= TAB && code <= CR);
  return code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code)));
}

/** The offset of the first code at or after `from` that is not a word code. */
export function wordEnd(text: string, from: number): number {
  let at = from;
  while (isWordCode(text.charCodeAt(at))) at++;
  return at;
}
