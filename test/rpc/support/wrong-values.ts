import { METHODS, type MethodName } from '@plurnk/protocol';
import { z } from 'zod';

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
}

/** A value of the wrong type for each parameter of a method, from its own schema. */
export function wrongValues(name: MethodName): { readonly field: string; readonly value: unknown }[] {
  const schema = z.toJSONSchema(METHODS[name].params, { io: 'input' }) as Schema;
  return Object.entries(schema.properties ?? {}).flatMap(([field, property]) => {
    const types = typesOf(property);
    const value = [{}, 'text', 1.5, true, []].find(candidate => !types.has(typeName(candidate)));
    // A parameter that takes any JSON value has no wrong type.
    return value === undefined || types.size === 0 ? [] : [{ field, value }];
  });
}

/** Every parameter of a method by name. */
export function parameters(name: MethodName): readonly string[] {
  const schema = z.toJSONSchema(METHODS[name].params, { io: 'input' }) as Schema;
  return Object.keys(schema.properties ?? {});
}

export function requiredFields(name: MethodName): readonly string[] {
  const schema = z.toJSONSchema(METHODS[name].params, { io: 'input' }) as Schema;
  return schema.required ?? [];
}

function typesOf(schema: Schema): Set<string> {
  if (schema.enum !== undefined) return new Set(['enum']);
  if (schema.anyOf !== undefined) return new Set(schema.anyOf.flatMap(each => [...typesOf(each)]));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return new Set(types.flatMap(type => (type === 'number' ? ['number', 'fraction'] : [type])));
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return 'fraction';
  return typeof value;
}
