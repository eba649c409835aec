import type { JsonObject, JsonValue } from '../domain.ts';
import { SETTINGS, type SettingName } from './index.ts';
import type { SettingSpec } from './setting.ts';

type Environment = Readonly<Record<string, string | undefined>>;

type ValueOf<Spec extends SettingSpec> = Spec['kind'] extends 'integer' | 'number'
  ? number | OrNull<Spec>
  : Spec['kind'] extends 'boolean'
    ? boolean | OrNull<Spec>
    : Spec['kind'] extends 'string' | 'enum'
      ? string | OrNull<Spec>
      : JsonValue;
type OrNull<Spec extends SettingSpec> = Spec['default'] extends null ? null : never;

/** Values of all settings but the families with `<ALIAS>`. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

export interface SettingsReading {
  readonly values: SettingValues;
  /** Sentences about values that make no sense; the default is used instead. Never carries a secret. */
  readonly problems: readonly string[];
}

/**
 * Reads the settings: the editor's value (`editor`, by the key after `plurnk.`) wins over the environment, except for
 * ceilings, where the more restrictive number or boolean wins.
 */
export function readSettings(env: Environment, editor: JsonObject = {}): SettingsReading {
  const problems: string[] = [];
  const values: Record<string, JsonValue> = {};
  for (const [name, spec] of Object.entries(SETTINGS) as [SettingName, SettingSpec][]) {
    values[name] = readOne(spec, env, editor, problems);
  }
  return { values: values as unknown as SettingValues, problems };
}

function readOne(spec: SettingSpec, env: Environment, editor: JsonObject, problems: string[]): JsonValue {
  const fromEnv = spec.env === null || spec.env.includes('<') ? undefined : fromText(spec, env[spec.env], problems);
  const given = spec.key === null ? undefined : editor[spec.key];
  const fromEditor =
    given === undefined || given === null ? undefined : checked(spec, given, `plurnk.${spec.key}`, problems);
  if (fromEditor === undefined || fromEnv === undefined) return fromEditor ?? fromEnv ?? spec.default;
  return spec.rule === 'ceiling' ? tighter(spec, fromEditor, fromEnv) : fromEditor;
}

/** −1 is "no limit" where it is allowed. */
function tighter(spec: SettingSpec, a: JsonValue, b: JsonValue): JsonValue {
  if (typeof a === 'boolean' && typeof b === 'boolean') return spec.default === true ? a && b : a || b;
  if (typeof a !== 'number' || typeof b !== 'number') return a;
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}

function fromText(spec: SettingSpec, text: string | undefined, problems: string[]): JsonValue | undefined {
  if (text === undefined || text === '') return undefined;
  const name = spec.env ?? '';
  switch (spec.kind) {
    case 'integer':
    case 'number':
      return checked(spec, Number(text), name, problems);
    case 'boolean':
      return checked(spec, readBoolean(text), name, problems);
    case 'object':
    case 'array':
      return checked(spec, parseJson(text), name, problems);
    default:
      return checked(spec, text, name, problems);
  }
}

function readBoolean(text: string): JsonValue {
  const word = text.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  return ['0', 'false', 'no', 'off'].includes(word) ? false : text;
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function checked(spec: SettingSpec, value: JsonValue, name: string, problems: string[]): JsonValue | undefined {
  const problem = complaint(spec, value);
  if (problem === null) return value;
  problems.push(`${name} ${problem}; the default is used.`);
  return undefined;
}

function complaint(spec: SettingSpec, value: JsonValue): string | null {
  switch (spec.kind) {
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
      if (spec.kind === 'integer' && !Number.isInteger(value)) return 'must be a whole number';
      if (spec.minimum !== undefined && value < spec.minimum) return `must be at least ${spec.minimum}`;
      return spec.maximum !== undefined && value > spec.maximum ? `must be at most ${spec.maximum}` : null;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'array':
      return Array.isArray(value) ? null : 'must be a list';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'must be an object';
    case 'enum':
      return spec.enum?.includes(String(value)) ? null : `must be one of ${spec.enum?.join(', ')}`;
    case 'string':
      return typeof value === 'string' ? null : 'must be a text';
  }
}
