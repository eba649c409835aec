import { type GenerateRequest, type GenerateResult, type Provider, ProviderError } from '@plurnk/plurnk-providers';
import { must } from '../support/world.ts';
import type { Prng } from './prng.ts';

export interface PendingCall {
  readonly request: GenerateRequest;
  answer(text: string): void;
  fail(): void;
}

const USAGE = {
  promptTokens: null,
  completionTokens: null,
  cachedTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  raw: null,
};

/** A model whose calls wait until the simulation answers them. */
export class SimModel implements Provider {
  readonly name = 'sim';
  readonly model = 'sim';
  readonly contextSize: number | null;
  readonly outputReserve = 0;
  readonly tokenizer = { name: 'quarter', exact: false };
  readonly pending = new Set<PendingCall>();

  constructor(contextSize: number | null) {
    this.contextSize = contextSize;
  }

  countTokens(text: string): number {
    return Math.ceil(text.length / 4);
  }

  costFor(): { pico: number | null; priceVersion: string | null } {
    return { pico: 1, priceVersion: 'sim' };
  }

  generate(request: GenerateRequest): Promise<GenerateResult> {
    return new Promise((resolve, reject) => {
      const settle = (): void => void this.pending.delete(call);
      const call: PendingCall = {
        request,
        answer(text) {
          settle();
          resolve({
            text,
            usage: USAGE,
            finishReason: 'stop',
            model: 'sim',
            meta: { attempts: 1, totalMs: 0 },
            constrained: false,
          });
        },
        fail() {
          settle();
          reject(new ProviderError({ kind: 'server_error', message: 'sim failure', provider: 'sim', model: 'sim' }));
        },
      };
      if (request.signal.aborted) {
        reject(cancelled());
        return;
      }
      request.signal.addEventListener('abort', () => {
        settle();
        reject(cancelled());
      });
      this.pending.add(call);
    });
  }
}

const cancelled = (): ProviderError =>
  new ProviderError({ kind: 'cancelled', message: 'cancelled', provider: 'sim', model: 'sim' });

const NAMES = ['w1', 'w2', 'w3', 'w4'];

/** A random emission; streams of the packet are what it may kill. */
export function randomEmission(random: Prng, request: GenerateRequest): string {
  if (random.chance(0.03)) return 'no statement at all';
  const system = must(request.messages[0]).content;
  const streams = [...system.matchAll(/\* active (\S+)/g)].map(match => must(match[1]));
  const ops = Array.from({ length: random.below(4) }, () => randomOp(random, streams));
  const signal = random.pick([102, 102, 102, 200, 202, 202, 202, 499]);
  return `<<PLAN:${random.below(1e9)}:PLAN\n${ops.join('\n')}\n<<SEND[${signal}]:m${random.below(1e9)}:SEND`;
}

function randomOp(random: Prng, streams: readonly string[]): string {
  const name = random.pick(NAMES);
  switch (random.below(11)) {
    case 0:
    case 1:
      return `<<COPY(run://${name}):work ${random.below(100)}:COPY`;
    case 2:
      return random.chance(0.4) ? '<<COPY(run://self):fork work:COPY' : `<<READ(run://${name})::READ`;
    case 3:
      return `<<SEND(run://${random.pick([...NAMES, 'main', 'self'])}):message:SEND`;
    case 4:
      return random.chance(0.3)
        ? `<<KILL(run://${random.pick([...NAMES, 'self', 'main'])})::KILL`
        : `<<READ(run://${name})::READ`;
    case 5:
    case 6:
      return `<<EXEC[sim]${random.pick(['', '', '<0>', '<-1,7>'])}:job ${random.below(100)}:EXEC`;
    case 7:
      return `<<EXEC[host]:job ${random.below(100)}:EXEC`;
    case 8:
      return streams.length > 0 ? `<<KILL(${random.pick(streams)})::KILL` : '<<FIND(known:///**)::FIND';
    case 9:
      return `<<EDIT(known:///${random.below(4)}.md):${'x'.repeat(random.below(400))}:EDIT`;
    default:
      return random.chance(0.5) ? '<<FOLD(log:///1/1/*)::FOLD' : `<<READ(known:///${random.below(4)}.md::READ`;
  }
}
