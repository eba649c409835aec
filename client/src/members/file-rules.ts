import type { ConstraintEffect } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';
import { workspacePath } from '../session/workspace-paths.ts';

export type FileEffect = 'hidden' | 'view';

/** Which files the model may see and change; rules are set from the explorer (UI-51, RES-65). */
export class FileRules implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #session: SessionService;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  #effects: ReadonlyMap<string, FileEffect> = new Map();
  readonly onChanged = this.#changes.event;

  constructor(server: PlurnkServer, session: SessionService) {
    this.#server = server;
    this.#session = session;
    this.#disposables = [
      session.onSwitched(() => void this.refresh()),
      server.onNotification('session/changed', ({ sessionId, what }) => {
        if (sessionId === session.current?.id && (what === 'constraints' || what === 'root')) void this.refresh();
      }),
    ];
  }

  /** Undefined for an ordinary file. */
  effectOf(uri: vscode.Uri): FileEffect | undefined {
    return this.#effects.get(workspacePath(uri));
  }

  /** Files under a rule now; the decorations' list. */
  get ruled(): ReadonlyMap<string, FileEffect> {
    return this.#effects;
  }

  async set(uris: readonly vscode.Uri[], effect: Exclude<ConstraintEffect, 'repo'>): Promise<void> {
    await this.#session.open();
    for (const glob of await Promise.all(uris.map(globOf))) {
      await this.#server.request('session.constrain', { effect, glob });
    }
    await this.refresh();
  }

  /** Removes the rules that name exactly these files or folders. */
  async clear(uris: readonly vscode.Uri[]): Promise<void> {
    await this.#session.open();
    const globs = new Set(await Promise.all(uris.map(globOf)));
    const { constraints } = await this.#server.request('session.constraints', {});
    for (const rule of constraints) if (globs.has(rule.glob)) await this.#server.request('session.unconstrain', rule);
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const { members, hidden } = await this.#server.request('session.members', {});
    const effects = new Map<string, FileEffect>();
    for (const { path, effect } of members) if (effect === 'view') effects.set(path.replace(/^\//, ''), 'view');
    for (const path of hidden) effects.set(path.replace(/^\//, ''), 'hidden');
    this.#effects = effects;
    this.#changes.fire();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }
}

/** A rule for a folder covers what is in it. */
async function globOf(uri: vscode.Uri): Promise<string> {
  const path = workspacePath(uri).replace(/[*?[\]{}!()]/g, '\\$&');
  const { type } = await vscode.workspace.fs.stat(uri);
  return type & vscode.FileType.Directory ? `${path}/**` : path;
}
