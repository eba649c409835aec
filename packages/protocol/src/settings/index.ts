import { editorSettings } from './editor-settings.ts';
import { engineSettings } from './engine-settings.ts';
import { modelSettings } from './model-settings.ts';
import { packetSettings } from './packet-settings.ts';
import { serviceSettings } from './service-settings.ts';
import type { SettingSpec } from './setting.ts';

export type { SettingKind, SettingSpec } from './setting.ts';

/**
 * Every operator setting once: environment variable of the daemon, `plurnk.*` setting of the editor, type, default,
 * meaning. Manifest, docs and `--help` are generated from here.
 */
export const SETTINGS = {
  ...serviceSettings,
  ...modelSettings,
  ...engineSettings,
  ...packetSettings,
  ...editorSettings,
} as const satisfies Record<string, SettingSpec>;

export type SettingName = keyof typeof SETTINGS;
