import { Pass } from './pass.ts';
import type { ParseItem, ParseResult, UnparsedTail } from './result.ts';
import { withTurnErrors } from './turn-rules.ts';

/** Parses a model's turn: prose, one PLAN, ops, a last SEND (LNG-16). Never throws; problems are items. */
function parse(text: string): ParseResult {
  const pass = new Pass(text, { isTurn: true });
  pass.run();
  return toResult(withTurnErrors(text, pass.items), pass.tail);
}

/** Parses a bare sequence of statements, also an empty one (LNG-18). Never throws; problems are items. */
function parseStatements(text: string): ParseResult {
  const pass = new Pass(text, { isTurn: false });
  pass.run();
  return toResult(pass.items, pass.tail);
}

export function toResult(items: readonly ParseItem[], tail: UnparsedTail | null): ParseResult {
  return tail === null ? { items } : { items, unparsedTail: tail };
}

/** The parser: pure functions of the text, in linear time. */
export const PlurnkParser = { parse, parseStatements } as const;
