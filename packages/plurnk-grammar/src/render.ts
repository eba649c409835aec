import type { LineMarker, Statement, Unplaced } from './ast.ts';
import { wordEnd } from './chars.ts';
import { scanTags } from './signal.ts';
import type { FailureSink } from './slot.ts';
import { scanTarget } from './target.ts';

/**
 * The canonical text of a statement: slots in the order signal, target, marks; two colons for an empty body. The suffix
 * is kept unless the body would end at its own close tag; then the first free number is put after it (LNG-19).
 * @throws RangeError if a slot holds what the language cannot write (a `)` in a local target, white space in a tag …).
 */
export function render(statement: Statement | Unplaced): string {
  const body = bodyText(statement);
  const tag = statement.op + freeSuffix(statement.op, checkedSuffix(statement.suffix), body);
  const rest = `${marksText(statement.lineMarker)}:${body}:${tag}`;
  return `<<${tag}${signalText(statement)}${targetText(statement, rest)}${rest}`;
}

function bodyText({ body }: Statement | Unplaced): string {
  if (body === null) return '';
  return typeof body === 'string' ? body : body.raw;
}

function checkedSuffix(suffix: string): string {
  if (wordEnd(suffix, 0) === suffix.length) return suffix;
  throw new RangeError(`The suffix \`${suffix}\` holds something other than letters, digits and \`_\`.`);
}

function freeSuffix(op: string, suffix: string, body: string): string {
  const taken = takenTags(op, body);
  if (!taken.has(op + suffix)) return suffix;
  const stem = suffix === '' ? '' : `${suffix}_`;
  let number = 1;
  while (taken.has(`${op}${stem}${number}`)) number++;
  return `${stem}${number}`;
}

const ONE_COLON_END = new Set(['\n', '\r', '<']);

/** The tags that would close the body early, or at its very start by the one-colon rule (LNG-4). */
function takenTags(op: string, body: string): ReadonlySet<string> {
  const taken = new Set<string>();
  if (body.startsWith(op)) {
    const end = wordEnd(body, op.length);
    if (ONE_COLON_END.has(body.charAt(end))) taken.add(body.slice(0, end));
  }
  const close = `:${op}`;
  for (let at = body.indexOf(close); at !== -1; at = body.indexOf(close, at + close.length)) {
    taken.add(body.slice(at + 1, wordEnd(body, at + close.length)));
  }
  return taken;
}

function signalText({ signal }: Statement | Unplaced): string {
  if (signal === null) return '';
  if (typeof signal === 'string') return checkedRuntime(signal);
  if (typeof signal === 'number') return checkedNumber(signal);
  for (const tag of signal) checkTag(tag);
  return `[${signal.join(',')}]`;
}

function checkedRuntime(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.+-]*$/.test(name)) return `[${name}]`;
  throw new RangeError(`\`${name}\` is not a runtime name.`);
}

function checkedNumber(value: number): string {
  if (Number.isSafeInteger(value)) return `[${value}]`;
  throw new RangeError(`${value} is not a whole number that a signal can hold.`);
}

function checkTag(tag: string): void {
  const sink = new Counter();
  const tags: string[] = [];
  const end = scanTags(`${tag}]`, 0, tags, sink);
  if (end === tag.length + 1 && tags[0] === tag && sink.count === 0) return;
  throw new RangeError(
    `\`${tag}\` is not a tag: tags hold no white space, comma, \`]\` or \`<<\`, and do not end with \`<\`.`,
  );
}

/** A line break keeps a target that starts with `#` from being read as a regex that ends in what follows (LNG-7). */
function targetText({ target }: Statement | Unplaced, rest: string): string {
  if (target === null) return '';
  const { raw } = target;
  const end = raw.length + 1;
  for (const gap of ['', '\n']) {
    const sink = new Counter();
    if (scanTarget(`${raw})${gap}${rest}`, 0, sink) === end && sink.count === 0) return `(${raw})${gap}`;
  }
  throw new RangeError(
    `The target \`${raw}\` cannot be written: it holds a \`)\`, a line break, \`<<\` or a last \`<\`.`,
  );
}

function marksText(lineMarker: LineMarker | null): string {
  if (lineMarker === null) return '';
  const { marks } = lineMarker;
  if (marks.length === 0) throw new RangeError('Marks hold one number at least.');
  return `<${marks.map(decimal).join(',')}>`;
}

/** A number in digits, without an exponent. */
function decimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number that marks can hold.`);
  const text = String(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const digits = `${parts[2]}${parts[3] ?? ''}`;
  const point = Number(parts[4]) + 1;
  const sign = parts[1] ?? '';
  return point > 0 ? sign + digits.padEnd(point, '0') : `${sign}0.${'0'.repeat(-point)}${digits}`;
}

class Counter implements FailureSink {
  count = 0;
  fail(): void {
    this.count++;
  }
}
