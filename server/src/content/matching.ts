/** Matching off the main thread, in chunks, under a deadline (RES-42). */
import { Worker } from 'node:worker_threads';
import type { Candidate, Matching, MatchManyResult, MatchResult } from './contract.ts';
import type { MatchAnswer, MatchItem, MatchJob } from './match-messages.ts';

export interface MatchingOptions {
  /** Milliseconds for one request; default 10,000. */
  readonly deadline?: number;
  /** Candidates per message; default 256. */
  readonly chunk?: number;
  readonly workers?: number;
}

type Unnumbered = MatchJob extends infer Job ? (Job extends MatchJob ? Omit<Job, 'id'> : never) : never;

/** One worker thread; it is killed and forgotten when it overruns. */
class MatchThread {
  #worker: Worker | null = null;
  #nextId = 1;
  #last: Promise<unknown> = Promise.resolve();

  /** One job at a time, so that stopping one never loses another. null: stopped by `signal` before it answered. */
  run(job: Unnumbered, signal: AbortSignal): Promise<MatchAnswer | null> {
    const turn = this.#last.then(() => this.#run(job, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(job: Unnumbered, signal: AbortSignal): Promise<MatchAnswer | null> {
    if (signal.aborted) return null;
    const worker = this.#worker ?? this.#start();
    this.#worker = worker;
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<MatchAnswer | null>();
    const onMessage = (answer: MatchAnswer): void => {
      if (answer.id === id) resolve(answer);
    };
    const onAbort = (): void => resolve(null);
    worker.on('message', onMessage);
    worker.on('error', reject);
    signal.addEventListener('abort', onAbort, { once: true });
    worker.ref();
    try {
      worker.postMessage({ ...job, id } as MatchJob);
      const answer = await promise;
      if (answer === null) await this.stop();
      return answer;
    } finally {
      worker.off('message', onMessage);
      worker.off('error', reject);
      signal.removeEventListener('abort', onAbort);
      worker.unref();
    }
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL(workerFile(), import.meta.url));
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    worker.unref();
    return worker;
  }
}

/** The source file while developing, its bundle beside the server's bundle once built. */
const workerFile = (): string => (import.meta.url.endsWith('.ts') ? './match.worker.ts' : './match.worker.js');

async function toItem(candidate: Candidate): Promise<MatchItem> {
  const { path, mimetype, key, file } = candidate;
  return file === undefined ? { path, mimetype, key, text: await candidate.text() } : { path, mimetype, key, file };
}

export function createMatching(options: MatchingOptions = {}): Matching {
  const { deadline = 10_000, chunk = 256, workers = 2 } = options;
  const threads = Array.from({ length: workers }, () => new MatchThread());
  const limit = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  const late = (done: number, all: number, what: string): string =>
    `Stopped after ${deadline / 1000} s: ${done} of ${all} ${what} were searched. Use a simpler pattern or a narrower scope.`;

  async function matchMany(
    matcher: Parameters<Matching['matchMany']>[0],
    candidates: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<MatchManyResult> {
    const stop = limit(signal);
    const results: (MatchResult | null)[] = new Array(candidates.length).fill(null);
    let [next, done, refused] = [0, 0, null as { status: number; reason: string } | null];
    const drain = async (thread: MatchThread): Promise<void> => {
      while (next < candidates.length && refused === null && !stop.aborted) {
        const from = next;
        next += chunk;
        const items = await Promise.all(candidates.slice(from, next).map(toItem));
        const answer = await thread.run({ kind: 'texts', matcher, items }, stop);
        if (answer === null) return;
        if (answer.kind === 'refused') refused = { status: answer.status, reason: answer.reason };
        if (answer.kind !== 'texts') return;
        for (const [index, result] of answer.results.entries()) results[from + index] = result;
        done += items.length;
      }
    };
    await Promise.all(threads.slice(0, Math.max(1, Math.ceil(candidates.length / chunk))).map(drain));
    if (refused !== null) return { ...(refused as { status: number; reason: string }), results: [] };
    if (stop.aborted && done < candidates.length) {
      return { status: 504, results: [], reason: late(done, candidates.length, 'texts') };
    }
    const found = candidates.flatMap((candidate, index) => {
      const result = results[index];
      return result === null || result === undefined ? [] : [{ path: candidate.path, result }];
    });
    return { status: 200, results: found };
  }

  return {
    matchMany,
    async matchPaths(pattern, flags, paths, signal) {
      const answer = await (threads[0] ?? new MatchThread()).run(
        { kind: 'paths', pattern, flags, paths },
        limit(signal),
      );
      if (answer?.kind === 'paths') return { status: 200, paths: answer.paths };
      if (answer?.kind === 'refused') return { status: 400, reason: answer.reason };
      return { status: 504, reason: late(0, paths.length, 'paths') };
    },
    async dispose() {
      await Promise.all(threads.map(thread => thread.stop()));
    },
  };
}
