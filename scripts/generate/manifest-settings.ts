import { SETTINGS, type SettingSpec } from '@plurnk/protocol';

/** Keys of the strings that come from the settings table. */
const PREFIX = 'setting.';

type Manifest = { contributes?: Record<string, unknown>; [key: string]: unknown };

/** The manifest with `contributes.configuration` of the settings table; everything else stays as it is. */
export function manifestWithSettings(present: string): string {
  const manifest = JSON.parse(present) as Manifest;
  const kept = keptSettings(manifest);
  const properties = Object.fromEntries([...Object.values(SETTINGS).flatMap(toProperty), ...kept]);
  const contributes = { ...manifest.contributes, configuration: { title: 'Plurnk', properties } };
  return `${JSON.stringify({ ...manifest, contributes }, null, 2)}\n`;
}

/** Settings that only the editor's surfaces have are written by hand under `plurnk.ui.`. */
function keptSettings(manifest: Manifest): [string, unknown][] {
  const configuration = manifest.contributes?.configuration as { properties?: Record<string, unknown> } | undefined;
  return Object.entries(configuration?.properties ?? {}).filter(([name]) => name.startsWith('plurnk.ui.'));
}

/** `package.nls.json` with the English descriptions of the settings table; everything else stays as it is (UI-56). */
export function stringsWithSettings(present: string): string {
  const kept = Object.entries(JSON.parse(present) as Record<string, string>).filter(([key]) => !key.startsWith(PREFIX));
  const strings: Record<string, string> = {};
  for (const spec of Object.values<SettingSpec>(SETTINGS)) {
    if (spec.key === null) continue;
    strings[PREFIX + spec.key] = spec.description;
    collectDescriptions(spec.items, PREFIX + spec.key, strings);
  }
  return `${JSON.stringify({ ...Object.fromEntries(kept), ...strings }, null, 2)}\n`;
}

function collectDescriptions(schema: unknown, key: string, strings: Record<string, string>): void {
  localized(schema, key, (name, text) => {
    strings[name] = text;
  });
}

/** The schema with `%key%` for each description; `found` hears of every one. */
function localized(schema: unknown, key: string, found: (name: string, text: string) => void): unknown {
  if (Array.isArray(schema)) return schema.map((each, at) => localized(each, `${key}.${at}`, found));
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => {
      if (name !== 'description' || typeof value !== 'string') {
        const below = ['properties', 'items'].includes(name) ? key : `${key}.${name}`;
        return [name, localized(value, below, found)];
      }
      found(key, value);
      return [name, `%${key}%`];
    }),
  );
}

function toProperty(spec: SettingSpec): [string, Record<string, unknown>][] {
  if (spec.key === null) return [];
  const key = PREFIX + spec.key;
  const property = {
    type: spec.default === null && spec.kind !== 'array' ? [spec.kind, 'null'] : spec.kind,
    default: spec.default ?? (spec.kind === 'array' ? [] : null),
    ...(spec.minimum === undefined ? {} : { minimum: spec.minimum }),
    ...(spec.maximum === undefined ? {} : { maximum: spec.maximum }),
    ...(spec.enum === undefined ? {} : { enum: spec.enum }),
    ...(spec.items === undefined ? {} : { items: localized(spec.items, key, () => undefined) }),
    scope: spec.restricted === true ? 'machine' : 'window',
    markdownDescription: `%${key}%`,
  };
  return [[`plurnk.${spec.key}`, property]];
}
