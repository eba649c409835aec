import assert from 'node:assert/strict';
import {
  type ParseItem,
  type ParseResult,
  PlurnkParser,
  type Position,
  render,
  type Statement,
} from '../../src/index.ts';

/** A statement without its place: what must survive rendering. */
export function unplaced(statement: Statement): Omit<Statement, 'position'> {
  const { position: _position, ...rest } = statement;
  return rest;
}

/** Statements of a result, in order. */
export function statementsOf(result: ParseResult): Statement[] {
  return result.items.flatMap(item => (item.kind === 'statement' ? [item.statement] : []));
}

export function messagesOf(result: ParseResult, severity = 'error'): string[] {
  return result.items.flatMap(item =>
    item.kind === 'error' && item.error.severity === severity ? [item.error.message] : [],
  );
}

/** The one statement of a text that must parse without a problem. */
export function only(text: string): Statement {
  const result = PlurnkParser.parseStatements(text);
  assert.deepEqual(messagesOf(result), [], text);
  const [statement, ...others] = statementsOf(result);
  assert.ok(statement !== undefined && others.length === 0, `one statement expected in ${text}`);
  return statement;
}

/** The messages of a text that must give no statement. */
export function problems(text: string): string[] {
  const result = PlurnkParser.parseStatements(text);
  assert.deepEqual(statementsOf(result), [], text);
  const messages = messagesOf(result);
  assert.ok(messages.length > 0, `an error expected in ${text}`);
  return messages;
}

/** A line and column counted the slow, obvious way. */
export function slowPlace(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length };
}

export function assertPosition(text: string, position: Position): void {
  assert.deepEqual({ line: position.line, column: position.column }, slowPlace(text, position.offset));
  assert.deepEqual({ line: position.endLine, column: position.endColumn }, slowPlace(text, position.endOffset));
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

/** What holds for every result, whatever the text: see the requirement ids in the messages. */
export function assertInvariants(text: string, result: ParseResult): void {
  let last: Extent = { start: 0, end: 0 };
  for (const item of result.items) {
    const extent = assertItem(text, item);
    if (extent === null || (extent.start === last.start && extent.end === last.end)) continue;
    assert.ok(extent.start >= last.end, `[LNG-13] items in source order, apart: ${JSON.stringify(text)}`);
    last = extent;
  }
  const tail = result.unparsedTail;
  if (tail === undefined) return;
  assert.ok(text.startsWith('<<', tail.from), '[LNG-15] the tail starts at its `<<`');
  assert.equal(last.end, text.length, '[LNG-15] nothing is parsed after the tail');
}

/** Gives the extent of a construct; null for an error about the whole or about prose. */
function assertItem(text: string, item: ParseItem): Extent | null {
  if (item.kind === 'statement') return assertStatement(text, item.statement);
  if (item.kind === 'text') {
    const { offset, endOffset } = item.position;
    assert.equal(item.text, text.slice(offset, endOffset), '[LNG-13] prose is verbatim');
    return { start: offset, end: endOffset };
  }
  const { error, broken } = item;
  assert.ok(error.offset >= 0 && error.offset <= text.length && error.endOffset >= error.offset);
  assert.ok(error.message.length > 0 && error.message.length < 400, error.message);
  if (broken === undefined) return null;
  assert.ok(error.offset >= broken.start && error.offset <= broken.end, '[LNG-14] errors lie in broken statements');
  return broken;
}

function assertStatement(text: string, statement: Statement): Extent {
  const { offset, endOffset } = statement.position;
  const tag = statement.op + statement.suffix;
  const source = text.slice(offset, endOffset);
  assert.ok(source.startsWith(`<<${tag}`) && source.endsWith(`:${tag}`), '[LNG-3] from open to close tag');
  const again = PlurnkParser.parseStatements(render(statement));
  assert.equal(again.items.length, 1, `[LNG-19] ${source}`);
  assert.deepEqual(statementsOf(again).map(unplaced), [unplaced(statement)], '[LNG-19]');
  return { start: offset, end: endOffset };
}
