export type SettingKind = 'integer' | 'number' | 'boolean' | 'string' | 'enum' | 'object' | 'array';

export interface SettingSpec {
  /** Environment variable; with `<ALIAS>` a family. null: editor only. */
  readonly env: string | null;
  /** Key after `plurnk.`; null: daemon only. */
  readonly key: string | null;
  readonly kind: SettingKind;
  readonly default: string | number | boolean | null;
  /** `ceiling`: the most restrictive of operator, session and caller wins. `default`: the most specific wins. */
  readonly rule: 'ceiling' | 'default';
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  /** Schema of the items (array) or values (object) for the manifest. */
  readonly items?: Readonly<Record<string, unknown>>;
  /** Its value never appears in logs, docs or reports. */
  readonly secret?: boolean;
  /** May not come from an untrusted workspace (RL-17). */
  readonly restricted?: boolean;
}

/** Keeps the literal types of one setting. */
export const setting = <Spec extends SettingSpec>(spec: Spec): Spec => spec;
