import type { Matcher, Op, Position, SendBody, Statement, Target } from './ast.ts';
import type { HeaderScanner } from './header.ts';
import { parseMatcher } from './matcher.ts';
import { classifyPath, invalidUrl } from './path.ts';
import { parseSendBody } from './send-body.ts';
import type { Failure } from './slot.ts';

type BodyValue = string | Matcher | SendBody | Target | null;

/** What a statement means once its extent is known; `failures` is empty if it can be built. */
export interface Meaning {
  readonly target: Target | null;
  readonly body: BodyValue;
  readonly failures: readonly Failure[];
}

const NO_FAILURES: readonly Failure[] = [];

/** Interprets target and body (LNG-8, LNG-10). A URL that WHATWG rejects is a failure of the visitor. */
export function interpret(header: HeaderScanner, body: string | null, bodyStart: number): Meaning {
  const target = header.target === null ? null : classifyPath(header.target);
  const value = body === null ? null : bodyValue(header.op, body);
  if (target !== undefined && value !== undefined) return { target, body: value, failures: NO_FAILURES };
  const failures: Failure[] = [];
  if (target === undefined) failures.push(urlFailure(header, 'target', header.target ?? '', header.targetStart));
  if (value === undefined) failures.push(urlFailure(header, 'body', body ?? '', bodyStart));
  return { target: null, body: null, failures };
}

function bodyValue(op: Op, body: string): BodyValue | undefined {
  switch (op) {
    case 'FIND':
    case 'READ':
    case 'OPEN':
    case 'FOLD':
      return parseMatcher(body);
    case 'SEND':
      return parseSendBody(body);
    case 'MOVE':
      return classifyPath(body);
    default:
      return body;
  }
}

function urlFailure(header: HeaderScanner, slot: string, raw: string, at: number): Failure {
  return {
    at,
    end: at + raw.length,
    source: 'visitor',
    message: `\`<<${header.tag}\` ${slot}: ${invalidUrl(raw)}`,
  };
}

/** Puts a statement together; exactly the keys of LNG-12. */
export function buildStatement(header: HeaderScanner, meaning: Meaning, position: Position): Statement {
  return {
    op: header.op,
    suffix: header.suffix,
    signal: header.signal,
    target: meaning.target,
    lineMarker: header.marks === null ? null : { marks: header.marks },
    body: meaning.body,
    position,
  } as Statement;
}
