import type { DiscoveredModel } from '@plurnk/protocol';
import type { ModelChoice } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';

const ALIAS_KEY = 'plurnk.alias';
/** The built-in model that is always there (UI-1). */
const DEMO = 'demo';
const LOCAL = new Set(['ollama', 'llamacpp', 'lmstudio', 'vllm']);
/** Models of the editor itself. */
const EDITOR = 'lm';

/** Which models there are and which one the next loop uses (UI-1). */
export class ModelService implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #memory: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  #configured: readonly Described[] = [];
  /** Not configured, but there when last looked for. */
  #found: readonly Described[] = [];
  #default: string | null = null;
  #probing = false;
  readonly onChanged = this.#changes.event;

  constructor(server: PlurnkServer, memory: vscode.Memento) {
    this.#server = server;
    this.#memory = memory;
    this.#disposables = [
      server.onState(state => {
        if (state === 'running') void this.refresh();
      }),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('plurnk.models') || event.affectsConfiguration('plurnk.model'))
          void this.refresh();
      }),
      vscode.lm.onDidChangeChatModels(() => void this.#followEditor()),
    ];
  }

  /** The editor's own, local ones, configured ones, the demo model (UI-1). */
  get choices(): readonly ModelChoice[] {
    const all = [...this.#configured, ...this.#found, DEMO_MODEL].map(choice);
    const first = all.filter(({ alias }, at) => all.findIndex(each => each.alias === alias) === at);
    return first.sort((a, b) => ORDER.indexOf(a.group) - ORDER.indexOf(b.group));
  }

  get probing(): boolean {
    return this.#probing;
  }

  /** Alias that the next loop uses; null leaves it to the server. */
  get alias(): string | null {
    return this.#memory.get<string>(ALIAS_KEY) ?? this.#default;
  }

  get selected(): ModelChoice | null {
    return this.choices.find(({ alias }) => alias === this.alias) ?? null;
  }

  async select(alias: string): Promise<void> {
    await this.#memory.update(ALIAS_KEY, alias);
    this.#changes.fire();
  }

  /** What is configured; asks nothing outside this machine and probes nothing. */
  async refresh(): Promise<void> {
    const { aliases } = await this.#server.request('providers.list', {});
    this.#default = aliases.find(({ active }) => active)?.alias ?? aliases[0]?.alias ?? DEMO;
    this.#configured = aliases.map(({ alias, provider, model }) => ({
      alias,
      provider,
      model,
      label: alias,
      detail: `${provider}/${model}`,
    }));
    this.#changes.fire();
  }

  /** What answers right now; only when the picker opens (UI-1). */
  async discover(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    this.#changes.fire();
    try {
      const { models } = await this.#server.request('models.discover', {});
      this.#found = models.filter(({ configured }) => !configured);
    } finally {
      this.#probing = false;
      this.#changes.fire();
    }
  }

  /** The editor's models came or went: only they are asked for, no local server is. */
  async #followEditor(): Promise<void> {
    if (this.#server.state !== 'running') return;
    const { models } = await this.#server.request('models.discover', { provider: EDITOR });
    const others = this.#found.filter(({ provider }) => provider !== EDITOR);
    this.#found = [...models.filter(({ configured }) => !configured), ...others];
    this.#changes.fire();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }
}

const ORDER = ['editor', 'local', 'configured', 'demo'] as const;
const DEMO_MODEL: Described = { alias: DEMO, provider: DEMO, model: DEMO, label: DEMO, detail: '' };

type Described = Pick<DiscoveredModel, 'alias' | 'provider' | 'model' | 'label' | 'detail'>;

function choice({ alias, provider, label, detail }: Described): ModelChoice {
  if (provider === DEMO) {
    return {
      alias,
      label: vscode.l10n.t('demo model'),
      detail: vscode.l10n.t('scripted, works offline'),
      group: 'demo',
    };
  }
  const group = provider === EDITOR ? 'editor' : LOCAL.has(provider) ? 'local' : 'configured';
  return { alias, label, detail, group };
}
