import type { GenerateResult, Provider, ProviderNotice } from '@plurnk/plurnk-providers';
import type { TelemetryEvent } from '@plurnk/protocol';
import type { Packet } from '../packet/packet.ts';
import type { Core } from './core.ts';
import { isText, sessionOf, sessionSetting } from './core.ts';
import type { SecretMask } from './secret-mask.ts';
import type { TurnLog } from './turn-log.ts';

/** Least milliseconds between two `turn/delta` of a kind (part 5). */
const DELTA_PAUSE = 30;

/** Asks the model once; notices bracket the call, text is forwarded as it arrives (ENG-23). Rejects as the provider does. */
export async function generate(
  core: Core,
  log: TurnLog,
  provider: Provider,
  packet: Packet,
  signal: AbortSignal,
): Promise<GenerateResult> {
  const text = new DeltaForwarder(core, log, 'text');
  const reasoning = new DeltaForwarder(core, log, 'reasoning');
  const clientId = sessionSetting(sessionOf(core, log.run.sessionId), 'client', isText);
  const attributions = core.deps.attributions?.() ?? [];
  notice(core, log, {
    source: 'engine',
    kind: 'turn_awaiting_model',
    level: 'info',
    data: { model: provider.model, tokens: packet.tokens },
  });
  try {
    const result = await provider.generate({
      messages: packet.messages,
      signal,
      onDelta: chunk => text.add(chunk),
      onReasoning: chunk => reasoning.add(chunk),
      onNotice: given => notice(core, log, providerNotice(given)),
      ...(core.deps.grammar === undefined ? {} : { grammar: core.deps.grammar }),
      ...(attributions.length === 0 ? {} : { attributions }),
      ...(clientId === null ? {} : { clientId }),
    });
    notice(core, log, { source: 'engine', kind: 'turn_generated', level: 'info', data: { model: result.model } });
    const { reasoning: thought } = result;
    return {
      ...result,
      text: core.secrets.mask(result.text),
      ...(thought === undefined ? {} : { reasoning: core.secrets.mask(thought) }),
    };
  } finally {
    reasoning.flush();
    text.flush();
  }
}

export function notice(core: Pick<Core, 'events'>, log: TurnLog, event: TelemetryEvent): void {
  const { sessionId, id: runId } = log.run;
  core.events.emit('telemetry/event', sessionId, { sessionId, runId, loopId: log.loop.id, event });
}

function providerNotice(given: ProviderNotice): TelemetryEvent {
  const base = { source: 'provider', kind: given.kind, level: 'warn' as const, message: given.message };
  if (given.kind !== 'retry') return base;
  return {
    ...base,
    data: {
      cause: given.cause,
      attempt: given.attempt,
      maxAttempts: given.maxAttempts,
      delayMs: given.delayMs,
      discardsText: given.discardsText,
    },
  };
}

/** Collects chunks and sends them at least `DELTA_PAUSE` apart. */
class DeltaForwarder {
  readonly #core: Core;
  readonly #log: TurnLog;
  readonly #kind: 'text' | 'reasoning';
  readonly #clean: ReturnType<SecretMask['stream']>;
  #waiting = '';
  #timer: { cancel(): void } | null = null;

  constructor(core: Core, log: TurnLog, kind: 'text' | 'reasoning') {
    this.#core = core;
    this.#log = log;
    this.#kind = kind;
    this.#clean = core.secrets.stream();
  }

  add(chunk: string): void {
    this.#waiting += this.#clean.push(chunk);
    if (this.#timer !== null) return;
    this.#send();
    this.#pause();
  }

  flush(): void {
    this.#waiting += this.#clean.rest();
    this.#timer?.cancel();
    this.#timer = null;
    this.#send();
  }

  #pause(): void {
    this.#timer = this.#core.clock.setTimeout(() => {
      this.#timer = null;
      if (this.#waiting === '') return;
      this.#send();
      this.#pause();
    }, DELTA_PAUSE);
  }

  #send(): void {
    if (this.#waiting === '') return;
    const { run, loop, turn } = this.#log;
    const text = this.#waiting;
    this.#waiting = '';
    this.#core.events.emit('turn/delta', run.sessionId, {
      sessionId: run.sessionId,
      runId: run.id,
      loopId: loop.id,
      turnId: turn.id,
      kind: this.#kind,
      text,
    });
  }
}
