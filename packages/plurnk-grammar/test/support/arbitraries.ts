import fc from 'fast-check';
import { OPS, type Op, parsePath, type Target, type Unplaced } from '../../src/index.ts';
import { parseMatcher } from '../../src/matcher.ts';
import { parseSendBody } from '../../src/send-body.ts';

const PIECES = [
  ':',
  ':READ',
  ':EDIT',
  ':SEND',
  ':EDIT1',
  'READ',
  'EDIT\n',
  'SEND<',
  'PLAN\r',
  '<<READ(a)::READ',
  '<',
  '<<',
  ')',
  ']',
  '>',
  '#',
  '#)',
  '\\#',
  '\n',
  '\r\n',
  ' ',
  '//a',
  '$.a',
  '~',
  '@x',
  '{"a":1}',
  '😀',
  '\ud800',
  '\u00a0',
  'known:///a',
  'x',
];

/** Text that is full of what means something to the language. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 8 })
  .map(pieces => pieces.join(''));

const suffix = fc.oneof(fc.constant(''), fc.stringMatching(/^[A-Za-z0-9_]{1,6}$/));

const tag = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .map(text => text.replace(/[\s,\]]|<+$|<(?=<)/g, ''))
  .filter(text => text !== '' && !text.endsWith('<'));

const target: fc.Arbitrary<Target | null> = fc
  .oneof(
    fc.constantFrom(
      '',
      '#a',
      '#a\\',
      '#(a)b#i',
      '#a)(#',
      '#(#',
      '#a#9',
      'src/**',
      'known:///p.md',
      'http://u@h:1/a?b=c&b#d',
      'run://self',
    ),
    anyText,
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
  )
  .map(raw =>
    (/^#[^)]*#[a-z]*$/i.test(raw) ? raw : raw.replace(/[)\r\n]/g, '')).replace(/[\r\n]|<+$|<(?=<)|<(?=\))/g, ''),
  )
  .filter(isWritable)
  .map(raw => parsePath(raw));

function isWritable(raw: string): boolean {
  if (/[\r\n]|<$|<<|<\)/.test(raw)) return false;
  try {
    parsePath(raw);
    return true;
  } catch {
    return false;
  }
}

const mark = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (value === 0 ? 0 : value)),
);
const lineMarker = fc.option(
  fc.record({ marks: fc.array(mark, { minLength: 1, maxLength: 4 }) }, { noNullPrototype: true }),
);
const tags = fc.option(fc.array(tag, { maxLength: 3 }));
const integer = fc.option(fc.maxSafeInteger().map(value => (value === 0 ? 0 : value)));
const runtime = fc.option(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.+-]{0,6}$/));
const text = anyText.map(value => (value === '' ? null : value));

function parts(op: Op): {
  signal: fc.Arbitrary<unknown>;
  lineMarker: fc.Arbitrary<unknown>;
  body: fc.Arbitrary<unknown>;
} {
  const none = fc.constant(null);
  switch (op) {
    case 'SEND':
      return { signal: integer, lineMarker: none, body: text.map(raw => (raw === null ? null : parseSendBody(raw))) };
    case 'KILL':
      return { signal: integer, lineMarker: none, body: text };
    case 'EXEC':
      return { signal: runtime, lineMarker, body: text };
    case 'MOVE':
      return { signal: tags, lineMarker, body: target };
    case 'EDIT':
    case 'COPY':
    case 'PLAN':
      return { signal: tags, lineMarker, body: text };
    default:
      return { signal: tags, lineMarker, body: text.map(raw => (raw === null ? null : parseMatcher(raw))) };
  }
}

/** Every valid AST (LNG-19). */
export const anyStatement: fc.Arbitrary<Unplaced> = fc
  .constantFrom(...OPS)
  .chain(
    op =>
      fc.record(
        { op: fc.constant(op), suffix, target, ...parts(op) },
        { noNullPrototype: true },
      ) as fc.Arbitrary<Unplaced>,
  );
