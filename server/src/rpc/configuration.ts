import type { Environment } from '@plurnk/plurnk-providers';
import {
  type EditorState,
  type JsonObject,
  readSettings,
  type SettingsReading,
  type SettingValues,
} from '@plurnk/protocol';

/** Settings as they are now: the environment, and in the editor what it last said. Secrets stay in memory only. */
export class Configuration {
  readonly env: Environment;
  readonly #listeners = new Set<() => void>();
  #editor: EditorState = {};
  #reading: SettingsReading;

  constructor(env: Environment) {
    this.env = env;
    this.#reading = readSettings(env);
  }

  /** Fields that are there replace what was said before. */
  update(state: EditorState): void {
    this.#editor = { ...this.#editor, ...state };
    this.#reading = readSettings(this.env, this.editorSettings);
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  get values(): SettingValues {
    return this.#reading.values;
  }

  get problems(): readonly string[] {
    return this.#reading.problems;
  }

  get editorSettings(): JsonObject {
    return this.#editor.settings ?? {};
  }

  get secrets(): Readonly<Record<string, string>> {
    return this.#editor.secrets ?? {};
  }

  /** The editor's `http.proxy`; null when it has none. */
  get proxy(): string | null {
    return this.#editor.proxy || null;
  }

  /** The daemon is started by its operator; a workspace in the editor is trusted when the editor says so (RL-17). */
  get trusted(): boolean {
    return this.#editor.trusted ?? true;
  }

  /** Folder of the editor's database; null when it names none. */
  get storagePath(): string | null {
    return this.#editor.storagePath ?? null;
  }

  /** Version of the editor's extension; null without one. */
  get clientVersion(): string | null {
    return this.#editor.clientVersion ?? null;
  }

  get folders(): readonly string[] {
    return this.#editor.folders ?? [];
  }
}
