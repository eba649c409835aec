/** One output channel of a process: bytes in, valid text out, capped (RES-6, RES-25). */
import { StringDecoder } from 'node:string_decoder';

export interface OutputSink {
  append(text: string): void;
}

export interface OutputLimits {
  /** Characters that are kept per channel. */
  readonly cap: number;
  /** Milliseconds between two writes. */
  readonly interval: number;
}

/** Text waits at most this long before it is written although the interval has not passed. */
const FLUSH_AT = 64 * 1024;

export class Output {
  readonly #sink: OutputSink;
  readonly #limits: OutputLimits;
  readonly #later: (work: () => void, ms: number) => { cancel(): void };
  /** Invalid UTF-8 becomes U+FFFD; a character cut by a chunk's end waits for the next chunk. */
  readonly #decoder = new StringDecoder('utf8');
  #waiting: string[] = [];
  #waitingLength = 0;
  #timer: { cancel(): void } | null = null;
  #kept = 0;
  #cut = false;
  /** Everything that arrived, kept or not. */
  received = 0;

  constructor(sink: OutputSink, limits: OutputLimits, later: (work: () => void, ms: number) => { cancel(): void }) {
    this.#sink = sink;
    this.#limits = limits;
    this.#later = later;
  }

  get cut(): boolean {
    return this.#cut;
  }

  push(chunk: Buffer): void {
    this.received += chunk.length;
    if (this.#cut) return;
    this.#add(this.#decoder.write(chunk));
    if (this.#waitingLength >= FLUSH_AT) this.flush();
    else if (this.#waitingLength > 0) this.#timer ??= this.#later(() => this.flush(), this.#limits.interval);
  }

  flush(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#sink.append(text);
  }

  end(): void {
    if (!this.#cut) this.#add(this.#decoder.end());
    this.flush();
  }

  #add(text: string): void {
    const room = this.#limits.cap - this.#kept;
    const taken = text.length <= room ? text : text.slice(0, Math.max(0, room));
    this.#kept += taken.length;
    this.#wait(taken);
    if (taken.length === text.length) return;
    this.#cut = true;
    this.#wait(`\n[output cut here: a channel holds at most ${this.#limits.cap} characters]\n`);
    this.flush();
  }

  #wait(text: string): void {
    if (text === '') return;
    this.#waiting.push(text);
    this.#waitingLength += text.length;
  }
}
