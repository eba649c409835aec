import type { SectionDraft } from '../packet/section.ts';
import { type TransformFailure, transformSections } from '../packet/transform.ts';
import type { Core } from './core.ts';
import { notice } from './generation.ts';
import type { TurnLog } from './turn-log.ts';

/** The packet plugins of one turn: what each did is on the turn, and a failure is told once (RES-71). */
export class PacketPlugins {
  readonly #core: Core;
  readonly #log: TurnLog;
  readonly #signal: AbortSignal;
  readonly #failed = new Map<string, string>();

  constructor(core: Core, log: TurnLog, signal: AbortSignal) {
    this.#core = core;
    this.#log = log;
    this.#signal = signal;
  }

  /** One that failed before in this turn is not asked again. */
  async change(drafts: readonly SectionDraft[]): Promise<readonly SectionDraft[]> {
    const { deps, clock, settings } = this.#core;
    const transforms = (deps.transforms?.() ?? []).filter(({ name }) => !this.#failed.has(name));
    if (transforms.length === 0) return drafts;
    const { sections, applied, failures } = await transformSections(drafts, {
      transforms,
      signal: this.#signal,
      limitMs: settings().pluginTimeoutMs,
      setTimeout: (work, ms) => clock.setTimeout(work, ms),
    });
    for (const failure of failures) this.#tell(failure);
    this.#log.meta.packetPlugins = { applied: [...applied], failed: Object.fromEntries(this.#failed) };
    return sections;
  }

  #tell({ name, message }: TransformFailure): void {
    this.#failed.set(name, message);
    const event = { source: 'plugin', kind: 'packet_plugin_failed', level: 'warn', message } as const;
    notice(this.#core, this.#log, { ...event, data: { plugin: name } });
  }
}
