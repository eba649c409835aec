import type { JsonValue, Policy } from '@plurnk/protocol';
import { policySchema } from '@plurnk/protocol';
import type * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';

const KEY = 'plurnk.allowed';

/**
 * What the person always allows in this workspace: exact command lines (UI-12). Kept in the editor's own memory of the
 * workspace, so that no file of a repository can bring such a rule, and given to every session of it (ENG-66).
 */
export class AllowedCommands {
  readonly #server: PlurnkServer;
  readonly #memory: vscode.Memento;

  constructor(server: PlurnkServer, memory: vscode.Memento) {
    this.#server = server;
    this.#memory = memory;
  }

  get rules(): readonly Policy[] {
    return policySchema.array().catch([]).parse(this.#memory.get(KEY, []));
  }

  async add(command: string, pattern: string): Promise<void> {
    const others = this.rules.filter(rule => rule.pattern !== pattern);
    await this.#set([
      ...others,
      { name: `always allowed: ${command}`.slice(0, 120), kind: 'exec', effect: 'allow', pattern },
    ]);
  }

  async remove(pattern: string): Promise<void> {
    await this.#set(this.rules.filter(rule => rule.pattern !== pattern));
  }

  /** Tells the attached session; its other rules stay. */
  async apply(): Promise<void> {
    const { settings } = await this.#server.request('session.configure', { settings: {} });
    const others = toPolicies(settings.policies ?? []).filter(({ name }) => !name.startsWith('always allowed: '));
    await this.#server.request('session.configure', { settings: { policies: [...others, ...this.rules] } });
  }

  async #set(rules: readonly Policy[]): Promise<void> {
    await this.#memory.update(KEY, rules);
    await this.apply();
  }
}

function toPolicies(value: JsonValue): Policy[] {
  return policySchema.array().catch([]).parse(value);
}
