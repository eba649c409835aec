/** One worker thread of the matching; it is killed and forgotten when it overruns. */

import { Worker } from 'node:worker_threads';
import { deferred } from '../platform/deferred.ts';
import type { Candidate } from './contract.ts';
import type { MatchAnswer, MatchItem, MatchJob, PackedTexts } from './match-messages.ts';

type Unnumbered = MatchJob extends infer Job ? (Job extends MatchJob ? Omit<Job, 'id'> : never) : never;

export class MatchThread {
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
    const { promise, resolve, reject } = deferred<MatchAnswer | null>();
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

/** What the worker gets of a candidate: the file's path where it can read it itself, else the text. */
export async function toItem(candidate: Candidate): Promise<MatchItem> {
  const { path, mimetype, key, file } = candidate;
  return file === undefined ? { path, mimetype, key, text: await candidate.text() } : { path, mimetype, key, file };
}

/** The same for dialects that look at nothing but the text. */
export async function pack(candidates: readonly Candidate[]): Promise<PackedTexts> {
  const texts: Promise<readonly [number, string]>[] = [];
  const files = candidates.map((candidate, at) => {
    const { file } = candidate;
    if (file === undefined) texts.push(candidate.text().then(text => [at, text] as const));
    return file ?? '';
  });
  return { files: files.join('\0'), texts: await Promise.all(texts) };
}
