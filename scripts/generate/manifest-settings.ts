import { SETTINGS, type SettingSpec } from '@plurnk/protocol';

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

function toProperty(spec: SettingSpec): [string, Record<string, unknown>][] {
  if (spec.key === null) return [];
  const property = {
    type: spec.default === null && spec.kind !== 'array' ? [spec.kind, 'null'] : spec.kind,
    default: spec.default ?? (spec.kind === 'array' ? [] : null),
    ...(spec.minimum === undefined ? {} : { minimum: spec.minimum }),
    ...(spec.maximum === undefined ? {} : { maximum: spec.maximum }),
    ...(spec.enum === undefined ? {} : { enum: spec.enum }),
    ...(spec.items === undefined ? {} : { items: spec.items }),
    scope: spec.restricted === true ? 'machine' : 'window',
    markdownDescription: spec.description,
  };
  return [[`plurnk.${spec.key}`, property]];
}
