/** The slots of one statement as the demonstration writes it. */
export interface StatementParts {
  readonly op: string;
  readonly signal?: string | number;
  readonly target?: string;
  readonly marks?: readonly number[];
  readonly body?: string;
}

/** Writes one statement, with a suffix if the body contains its close tag (LNG-3) and the target encoded (LNG-7). */
export function writeStatement(parts: StatementParts): string {
  const body = parts.body ?? '';
  const tag = `${parts.op}${suffixFor(parts.op, body)}`;
  const signal = parts.signal === undefined ? '' : `[${parts.signal}]`;
  const target = parts.target === undefined ? '' : `(${encodeTarget(parts.target)})`;
  const marks = parts.marks === undefined ? '' : `<${parts.marks.join(',')}>`;
  return `<<${tag}${signal}${target}${marks}:${body}:${tag}`;
}

function suffixFor(op: string, body: string): string {
  let suffix = '';
  for (let n = 1; `:${body}`.includes(`:${op}${suffix}`); n += 1) {
    suffix = `x${n}`;
  }
  return suffix;
}

function encodeTarget(target: string): string {
  return target.replace(/[)<%#\r\n]/g, character => encodeURIComponent(character).replace(')', '%29'));
}
