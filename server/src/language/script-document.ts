import {
  type ParseResult,
  type Span,
  type Statement,
  type StatementSpans,
  statementSpans,
  TagFinder,
} from '@plurnk/plurnk-grammar';
import type { Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';

/** A statement of a document, whole or broken, with the places of its parts. */
export interface ScriptStatement {
  readonly span: Span;
  readonly parts: StatementSpans;
  /** null when it is broken or unclosed. */
  readonly statement: Statement | null;
}

/** One version of a `.plurnk` document with what the parser that the engine uses made of it (UI-41). */
export class ScriptDocument {
  readonly result: ParseResult;
  readonly #document: TextDocument;
  readonly #text: string;
  #statements: readonly ScriptStatement[] | undefined;

  constructor(document: TextDocument, result: ParseResult) {
    this.#document = document;
    this.#text = document.getText();
    this.result = result;
  }

  get uri(): string {
    return this.#document.uri;
  }

  get text(): string {
    return this.#text;
  }

  /** In source order. */
  get statements(): readonly ScriptStatement[] {
    this.#statements ??= this.#locate();
    return this.#statements;
  }

  /** The statement that holds an offset; at a border the one that begins there. */
  statementAt(offset: number): ScriptStatement | null {
    return this.statements.findLast(({ span }) => span.start <= offset && offset <= span.end) ?? null;
  }

  range({ start, end }: Span): Range {
    return { start: this.#document.positionAt(start), end: this.#document.positionAt(end) };
  }

  offsetAt(position: { line: number; character: number }): number {
    return this.#document.offsetAt(position);
  }

  slice({ start, end }: Span): string {
    return this.#text.slice(start, end);
  }

  #locate(): ScriptStatement[] {
    const finder = new TagFinder(this.#text);
    const found = new Map<number, ScriptStatement>();
    const add = (span: Span, statement: Statement | null): void => {
      const parts = found.has(span.start) ? null : statementSpans(this.#text, span.start, finder);
      if (parts) found.set(span.start, { span, parts, statement });
    };
    const { items, unparsedTail } = this.result;
    for (const item of items) {
      if (item.kind === 'statement') {
        const { offset, endOffset } = item.statement.position;
        add({ start: offset, end: endOffset }, item.statement);
      }
      if (item.kind === 'error' && item.broken) add(item.broken, null);
    }
    if (unparsedTail) add({ start: unparsedTail.from, end: this.#text.length }, null);
    return [...found.values()].sort((a, b) => a.span.start - b.span.start);
  }
}
