import { z } from 'zod';

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly default?: unknown;
  readonly $ref?: string;
}

const MAX_WIDTH = 100;

/** A schema as a person reads it: `{ id: integer, name?: string }`. */
export function shapeOf(schema: z.ZodType, io: 'input' | 'output'): string {
  return write(z.toJSONSchema(schema, { io }) as Schema, '');
}

function write(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return 'json';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(each => JSON.stringify(each)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(each => write(each, indent)))].join(' | ');
  if (schema.type === 'array') return `${grouped(write(schema.items ?? {}, indent))}[]`;
  if (schema.type === 'object') return writeObject(schema, indent);
  return typeof schema.type === 'string' ? schema.type : (schema.type?.join(' | ') ?? 'json');
}

function grouped(text: string): string {
  return / \| /.test(text) && !/^[{[]/.test(text) ? `(${text})` : text;
}

function writeObject(schema: Schema, indent: string): string {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    const values = schema.additionalProperties;
    return typeof values === 'object' ? `{ [name]: ${write(values, indent)} }` : '{}';
  }
  const required = new Set(schema.required ?? []);
  const inner = `${indent}  `;
  const fields = properties.map(([name, value]) => {
    const standard = value.default === undefined ? '' : ` = ${JSON.stringify(value.default)}`;
    const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
    return `${key}${required.has(name) && standard === '' ? '' : '?'}: ${write(value, inner)}${standard}`;
  });
  const line = `{ ${fields.join(', ')} }`;
  if (line.length + indent.length <= MAX_WIDTH && !line.includes('\n')) return line;
  return `{\n${fields.map(field => `${inner}${field}`).join(',\n')}\n${indent}}`;
}
