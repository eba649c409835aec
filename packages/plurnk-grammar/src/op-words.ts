import type { Op } from './ast.ts';
import { LESS } from './chars.ts';

const E = 69;

/** The op word that starts at `at`, or null. No op word is a prefix of another, and all have four letters. */
export function opAt(text: string, at: number): Op | null {
  switch (text.charCodeAt(at)) {
    case 80:
      return text.startsWith('PLAN', at) ? 'PLAN' : null;
    case 70:
      return either(text, at, 'FIND', 'FOLD');
    case 82:
      return text.startsWith('READ', at) ? 'READ' : null;
    case E:
      return either(text, at, 'EDIT', 'EXEC');
    case 67:
      return text.startsWith('COPY', at) ? 'COPY' : null;
    case 77:
      return text.startsWith('MOVE', at) ? 'MOVE' : null;
    case 79:
      return text.startsWith('OPEN', at) ? 'OPEN' : null;
    case 75:
      return text.startsWith('KILL', at) ? 'KILL' : null;
    case 83:
      return text.startsWith('SEND', at) ? 'SEND' : null;
    default:
      return null;
  }
}

function either(text: string, at: number, first: Op, second: Op): Op | null {
  if (text.startsWith(first, at)) return first;
  return text.startsWith(second, at) ? second : null;
}

/** Length of an op word. */
export const OP_LENGTH = 4;

/** The op of the statement that opens at `at`, or null if no `<<OP` stands there. */
export function openAt(text: string, at: number): Op | null {
  return text.charCodeAt(at) === LESS && text.charCodeAt(at + 1) === LESS ? opAt(text, at + 2) : null;
}
