import { CharStream, CommonTokenStream } from 'antlr4ng';
import { PlurnkLexer } from './generated/PlurnkLexer.ts';
import { PlurnkParser } from './generated/PlurnkParser.ts';

/** Parses with the generated lexer and parser; gives how many statements and syntax errors there were. */
export function parseWithAntlr(text: string): { statements: number; errors: number } {
  const lexer = new PlurnkLexer(CharStream.fromString(text));
  lexer.removeErrorListeners();
  const parser = new PlurnkParser(new CommonTokenStream(lexer));
  parser.removeErrorListeners();
  const turn = parser.turn();
  return { statements: turn.statement().length, errors: parser.numberOfSyntaxErrors };
}
