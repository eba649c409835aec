import type { MethodResult, PlurnkNotifications } from '@plurnk/protocol';
import { seededRandom } from '../../../packages/plurnk-providers/test/support/seeded-random.ts';
import { DaemonProcess, Place } from '../support/server-process.ts';
import type { SocketClient } from '../support/socket-client.ts';
import { decide } from './decisions.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { startRandomEndpoint } from './random-endpoint.ts';
import { escapes, makeScratch, TARGETS } from './scratch.ts';

export interface DriveOptions {
  readonly turns: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface DriveResult {
  readonly turns: number;
  readonly loops: number;
  readonly proposals: number;
  /** How often loops ended with which status and reason; `202` is parked. */
  readonly ends: Readonly<Record<string, number>>;
  /** Lines of the server's log: defects, and nothing else. */
  readonly complaints: readonly string[];
  /** Exit code of the daemon after SIGTERM. */
  readonly exitCode: number | null;
  readonly ledger: Ledger;
  /** What changed around the workspace; empty: nothing. */
  readonly touched: readonly string[];
  /** Grammars that the provider tried before it trusted the server. */
  readonly trials: number;
}

const LOOP_LIMIT_MS = 120_000;
const PATIENCE_MS = 10_000;
const LOOPS_PER_SESSION = 25;
const CONTEXT = 48_000;

/**
 * Random turns of a real llama.cpp through a real daemon: real git, real files, real processes. Every proposal is
 * decided at random. Rejects when the daemon ends early or a loop hangs.
 */
export async function driveNonsense({ turns, seed, log = () => undefined }: DriveOptions): Promise<DriveResult> {
  const place = new Place();
  const scratch = makeScratch(place.folder);
  const before = scratch.around();
  const endpoint = await startRandomEndpoint({
    seed,
    contextSize: CONTEXT,
    steering: { maxOps: 5, freeBytes: 24, headers: TARGETS },
  });
  const env = {
    HOME: scratch.home,
    PLURNK_MODEL: 'random',
    PLURNK_MODEL_RANDOM: 'llamacpp/random',
    PLURNK_BASE_URL_RANDOM: endpoint.baseUrl,
    PLURNK_EXEC_KILL_GRACE_MS: '500',
  };
  const daemon = await DaemonProcess.start(place, { env });
  try {
    const driver = new Driver(await daemon.connect(), daemon, scratch.workspace, seed);
    await driver.run(turns, log);
    const exitCode = await daemon.stop();
    const ledger = await readLedger(place.storage);
    const touched = [...(scratch.around() === before ? [] : ['the folder around the workspace']), ...escapes()];
    return {
      ...driver.counts,
      complaints: driver.complaints,
      exitCode,
      ledger,
      touched,
      trials: endpoint.trials.length,
    };
  } finally {
    await daemon.kill();
    await endpoint.close();
    place.remove();
  }
}

/** A loop came to rest; `at` counts all that did. */
type Rest = { readonly status: number; readonly reason: string; readonly at: number };

class Driver {
  readonly complaints: string[] = [];
  readonly #client: SocketClient;
  readonly #workspace: string;
  readonly #random: () => number;
  readonly #died: Promise<never>;
  readonly #waiting = new Map<number, (rest: Rest) => void>();
  readonly #rested = new Map<number, Rest>();
  readonly #refused: string[] = [];
  readonly #ends: Record<string, number> = {};
  #rests = 0;
  #turns = 0;
  #loops = 0;
  #proposals = 0;

  constructor(client: SocketClient, daemon: DaemonProcess, workspace: string, seed: number) {
    this.#client = client;
    this.#workspace = workspace;
    this.#random = seededRandom(seed);
    daemon.child.stderr?.on('data', (data: Buffer) => this.complaints.push(String(data)));
    this.#died = new Promise((_resolve, reject) => {
      daemon.child.once('exit', code =>
        reject(new Error(`the daemon ended with ${code}: ${this.complaints.join('')}`)),
      );
    });
    this.#died.catch(() => undefined);
    client.on('turn/finished', () => {
      this.#turns += 1;
    });
    client.on('loop/proposal', proposal => this.#decide(proposal));
    client.on('loop/terminated', ({ loopId, finalStatus, reason }) => this.#rest(loopId, finalStatus, reason ?? ''));
    client.on('loop/quiesced', ({ loopId }) => this.#rest(loopId, 202, ''));
  }

  get counts() {
    return { turns: this.#turns, loops: this.#loops, proposals: this.#proposals, ends: this.#ends };
  }

  async run(turns: number, log: (line: string) => void): Promise<void> {
    while (this.#turns < turns) {
      if (this.#loops % LOOPS_PER_SESSION === 0) await this.#newSession();
      await this.#loop();
      log(`${this.#turns} turns, ${this.#loops} loops, ${this.#proposals} proposals`);
    }
  }

  /** What there is to see of a loop that does not come to rest. */
  async #picture({
    loopId,
    modelRunId,
    action,
  }: Extract<MethodResult<'loop.run'>, { loopId: number }>): Promise<string> {
    const { runs } = await this.#client.call('session.runs', {});
    const { entries } = await this.#client.call('log.read', { runId: modelRunId, limit: 1000 });
    const told = this.#client.received.filter(({ payload }) => 'loopId' in payload && payload.loopId === loopId);
    return JSON.stringify({
      action,
      runs: runs.map(({ name, status }) => `${name} ${status}`),
      rows: entries
        .slice(-12)
        .map(row => [row.loop_id, row.turn_seq, row.sequence, row.op, row.status_rx, row.state, row.outcome]),
      told: told.slice(-20).map(({ name }) => name),
      resolutions: this.#refused.slice(-5),
    });
  }

  async #newSession(): Promise<void> {
    await this.#client.call('session.create', { name: `nonsense-${this.#loops}`, projectRoot: this.#workspace });
  }

  /** One prompt until its loop ends or parks; now and then another prompt or a cancel meanwhile. */
  async #loop(): Promise<void> {
    const since = this.#rests;
    const maxTurns = 1 + Math.floor(this.#random() * 8);
    const started = await this.#client.call('loop.run', { prompt: 'Talk nonsense', maxTurns, flags: { noWeb: true } });
    if (!('loopId' in started)) throw new Error(started.error);
    this.#loops += 1;
    const rested = this.#restOf(started.loopId, since);
    const chance = this.#random();
    if (chance < 0.1) await this.#client.call('loop.run', { prompt: 'And more', flags: { noWeb: true } });
    else if (chance < 0.2) await this.#client.call('loop.cancel', {});
    // A loop may rightly wait for a command that never ends; a person who is tired of that stops it.
    const first = await Promise.race([rested, this.#died, after(PATIENCE_MS)]);
    if (first === null) await this.#client.call('loop.cancel', { runId: started.modelRunId });
    const rest = first ?? (await Promise.race([rested, this.#died, after(LOOP_LIMIT_MS)]));
    if (rest === null) throw new Error(`loop ${started.loopId} hangs: ${await this.#picture(started)}`);
    const { status, reason } = rest;
    const end = `${status} ${reason}`.trim().replace(/\d{4,}/g, 'N');
    this.#ends[end] = (this.#ends[end] ?? 0) + 1;
  }

  #decide(proposal: PlurnkNotifications['loop/proposal']): void {
    this.#proposals += 1;
    // Its loop may have been cancelled meanwhile: then there is nothing left to decide.
    this.#client.call('loop.resolve', decide(proposal, this.#random)).catch((error: Error) => {
      this.#refused.push(error.message);
    });
  }

  #rest(loopId: number, status: number, reason: string): void {
    this.#rests += 1;
    const rest = { status, reason, at: this.#rests };
    this.#rested.set(loopId, rest);
    this.#waiting.get(loopId)?.(rest);
    this.#waiting.delete(loopId);
  }

  /** The news may have come before the answer that told the loop's id; what is older than the question does not count. */
  #restOf(loopId: number, since: number): Promise<Rest> {
    const known = this.#rested.get(loopId);
    if (known !== undefined && (known.at > since || known.status !== 202)) return Promise.resolve(known);
    return new Promise(resolve => this.#waiting.set(loopId, resolve));
  }
}

function after(ms: number): Promise<null> {
  return new Promise(resolve => setTimeout(resolve, ms, null).unref());
}
