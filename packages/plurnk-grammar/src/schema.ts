import { OPS, type Op } from './ast.ts';

type Schema = { readonly [keyword: string]: unknown };

const STRING: Schema = { type: 'string' };
const NULLABLE_STRING: Schema = { type: ['string', 'null'] };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const LINE: Schema = { type: 'integer', minimum: 1 };

function record(properties: { readonly [key: string]: Schema }, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter(key => !optional.includes(key));
  return { type: 'object', properties, required, additionalProperties: false };
}

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const exactly = (value: string): Schema => ({ const: value });

const TAGS = nullable({ type: 'array', items: { type: 'string', pattern: '^[^\\],\\s]+$' } });
const INTEGER: Schema = { type: ['integer', 'null'] };
const RUNTIME: Schema = { type: ['string', 'null'], pattern: '^[A-Za-z_][A-Za-z0-9_.+-]*$' };

const SIGNALS: { readonly [op in Op]?: Schema } = { SEND: INTEGER, KILL: INTEGER, EXEC: RUNTIME };
const BODIES: { readonly [op in Op]?: Schema } = {
  SEND: nullable(ref('sendBody')),
  MOVE: nullable(ref('target')),
  FIND: nullable(ref('matcher')),
  READ: nullable(ref('matcher')),
  OPEN: nullable(ref('matcher')),
  FOLD: nullable(ref('matcher')),
};

function statement(op: Op): Schema {
  return record({
    op: exactly(op),
    suffix: { type: 'string', pattern: '^[A-Za-z0-9_]*$' },
    signal: SIGNALS[op] ?? TAGS,
    target: nullable(ref('target')),
    lineMarker: op === 'SEND' || op === 'KILL' ? { type: 'null' } : nullable(ref('lineMarker')),
    body: BODIES[op] ?? { type: ['string', 'null'], minLength: 1 },
    position: ref('position'),
  });
}

const TARGET: Schema = {
  oneOf: [
    record({ kind: exactly('local'), raw: { type: 'string', minLength: 1 } }),
    record({ kind: exactly('regex'), raw: STRING, pattern: STRING, flags: STRING }),
    record({
      kind: exactly('url'),
      raw: STRING,
      scheme: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*$' },
      username: NULLABLE_STRING,
      password: NULLABLE_STRING,
      hostname: NULLABLE_STRING,
      port: { type: ['integer', 'null'], minimum: 0, maximum: 65535 },
      pathname: NULLABLE_STRING,
      params: {
        type: 'object',
        additionalProperties: { anyOf: [STRING, { type: 'array', items: STRING, minItems: 2 }] },
      },
      fragment: NULLABLE_STRING,
    }),
  ],
};

const MATCHER: Schema = {
  oneOf: [
    record({
      dialect: { enum: ['xpath', 'jsonpath', 'semantic', 'graph', 'glob'] },
      raw: { type: 'string', minLength: 1 },
    }),
    record({ dialect: exactly('regex'), raw: STRING, pattern: STRING, flags: STRING }),
  ],
};

/** JSON Schema (2020-12) of what `parse` and `parseStatements` give, once serialised. `$defs/statement` is the AST. */
export const AST_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://plurnk.dev/schema/parse-result.json',
  title: 'Result of parsing plurnk text',
  ...record(
    {
      items: { type: 'array', items: ref('item') },
      unparsedTail: record({ from: COUNT, reason: STRING }),
    },
    ['unparsedTail'],
  ),
  $defs: {
    item: {
      oneOf: [
        record({ kind: exactly('statement'), statement: ref('statement') }),
        record({ kind: exactly('text'), text: STRING, position: ref('position') }),
        record({ kind: exactly('error'), error: ref('error'), broken: ref('broken') }, ['broken']),
      ],
    },
    statement: { oneOf: OPS.map(statement) },
    target: TARGET,
    matcher: MATCHER,
    sendBody: record({ raw: { type: 'string', minLength: 1 }, json: {} }),
    lineMarker: record({ marks: { type: 'array', items: { type: 'number' }, minItems: 1 } }),
    position: record({ line: LINE, column: COUNT, offset: COUNT, endLine: LINE, endColumn: COUNT, endOffset: COUNT }),
    broken: record({ op: { enum: OPS }, start: COUNT, end: COUNT }),
    error: record({
      line: LINE,
      column: COUNT,
      offset: COUNT,
      endOffset: COUNT,
      source: { enum: ['lexer', 'parser', 'visitor'] },
      severity: { enum: ['error', 'warning'] },
      message: { type: 'string', minLength: 1 },
    }),
  },
} as const;
