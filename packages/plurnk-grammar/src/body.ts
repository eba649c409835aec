import { CR, LESS, LF } from './chars.ts';
import type { TagFinder } from './tags.ts';

/**
 * The offset of the close tag of a statement whose body's `:` stands at `colon`, or -1 if nothing closes it (LNG-3).
 * It is `colon` itself for a one-colon empty body (LNG-4).
 */
export function closeTagAt(text: string, finder: TagFinder, tag: string, colon: number): number {
  if (isOneColonClose(text, tag, colon)) return colon;
  return finder.close(tag, colon + 1);
}

/** Whether the close tag at `colon` is followed by what LNG-4 asks for: the end of the input, LF, CR or `<`. */
function isOneColonClose(text: string, tag: string, colon: number): boolean {
  if (!text.startsWith(tag, colon + 1)) return false;
  const after = colon + 1 + tag.length;
  if (after >= text.length) return true;
  const code = text.charCodeAt(after);
  return code === LF || code === CR || code === LESS;
}
