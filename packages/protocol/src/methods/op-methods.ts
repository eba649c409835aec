import { z } from 'zod';
import { OPS } from '../domain.ts';
import { jsonValue } from '../json-schema.ts';
import { logEntrySchema } from '../log-entry.ts';
import { defineMethod } from '../method.ts';

const address = z.string().min(1);
/** A matcher as it is written in a body: `#regex#`, `//xpath`, `$.jsonpath`, `~words`, `@name`, a glob. */
const matcher = z.string().min(1).optional();
const tags = z.array(z.string().regex(/^[^\],\s]+$/, 'a tag holds no `]`, comma or white space')).optional();
/** Marks: `[4]`, `[4, 7]`, `[0.7, 10, 20]`. */
const lineRange = z.array(z.number()).min(1).max(3).optional();
const select = z.object({ target: address, matcher, tags, lineRange });
const transfer = z.object({ source: address, destination: address, tags, lineRange });

/** `status` is the op's (of the first row; 200 for OPEN and FOLD, which write none). */
export const opResultSchema = z.object({ status: z.int(), entries: z.array(logEntrySchema) });
export type OpRpcResult = z.infer<typeof opResultSchema>;

export const statementSchema = z.object({
  op: z.enum(OPS),
  suffix: z.string(),
  signal: jsonValue,
  target: jsonValue,
  lineMarker: jsonValue,
  body: jsonValue,
  position: jsonValue.optional(),
});

const op = <Params extends z.ZodType>(description: string, params: Params) =>
  defineMethod({ description, params, result: opResultSchema, requiresInit: true });

export const parseResultSchema = z.union([
  z.object({ status: z.int(), op: z.string(), entries: z.array(logEntrySchema) }),
  z.object({
    status: z.literal(400),
    error: z.string(),
    position: z.object({ type: z.literal('content-offset'), line: z.int(), column: z.int() }),
  }),
]);

export const opMethods = {
  'op.find': op('FIND in a scope.', z.object({ scope: address, matcher, tags, lineRange })),
  'op.read': op('READ an entry, a file or rows.', select),
  'op.open': op('OPEN log rows.', select),
  'op.fold': op('FOLD log rows.', select),
  'op.edit': defineMethod({
    description: 'EDIT an entry or a file; a file edit answers when its proposal is settled.',
    params: z.object({ target: address, content: z.string().optional(), tags, lineRange }),
    result: opResultSchema,
    requiresInit: true,
    longRunning: true,
  }),
  'op.copy': defineMethod({
    description: 'COPY from source to destination.',
    params: transfer,
    result: opResultSchema,
    requiresInit: true,
    longRunning: true,
  }),
  'op.move': defineMethod({
    description: 'MOVE from source to destination.',
    params: transfer,
    result: opResultSchema,
    requiresInit: true,
    longRunning: true,
  }),
  'op.kill': defineMethod({
    description: 'KILL an entry, a file, rows, a stream or a run.',
    params: z.object({ target: address, signal: z.int().optional() }),
    result: opResultSchema,
    requiresInit: true,
    longRunning: true,
  }),
  'op.send': op(
    'SEND to a run or a stream, or a message.',
    z.object({ status: z.int(), recipient: address.optional(), body: jsonValue.optional() }),
  ),
  'op.exec': defineMethod({
    description: 'EXEC a command; answers when its proposal is settled.',
    params: z.object({
      cwd: z.string().min(1).optional(),
      runtime: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_.+-]*$/, 'a runtime is a name')
        .optional(),
      command: z.string().optional(),
      lineRange,
    }),
    result: opResultSchema,
    requiresInit: true,
    longRunning: true,
  }),
  'op.dispatch': defineMethod({
    description: 'Executes one parsed statement.',
    params: z.object({ statement: statementSchema }),
    result: opResultSchema,
    requiresInit: true,
    longRunning: true,
  }),
  'op.parse': defineMethod({
    description: 'Parses a script and executes its statements in order; a statement that does not parse stops nothing.',
    params: z.object({ text: z.string() }),
    result: z.object({ results: z.array(parseResultSchema) }),
    requiresInit: true,
    longRunning: true,
  }),
  'op.look': defineMethod({
    description: 'One READ that leaves no trace: no turn, no row, no notification.',
    params: z.object({ text: z.string().min(1) }),
    result: z.object({ status: z.int(), rx: z.string().nullable(), mimetype_rx: z.string().nullable() }),
    requiresInit: true,
  }),
} as const;
