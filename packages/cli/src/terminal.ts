import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface TerminalStreams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly error: Writable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

const CODES = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
export type Colour = keyof typeof CODES;

/** What the person sees and types: messages on standard output, everything else on standard error. */
export class Terminal {
  readonly #streams: TerminalStreams;
  readonly #colours: boolean;
  readonly #waiting: ((line: string | null) => void)[] = [];
  readonly #lines: string[] = [];
  #reader: Interface | null = null;
  #ended = false;

  constructor(streams: TerminalStreams) {
    this.#streams = streams;
    const { NO_COLOR, FORCE_COLOR } = streams.env;
    const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== '';
    this.#colours = (NO_COLOR ?? '') === '' && (forced || streams.error.isTTY === true);
  }

  message(text: string): void {
    this.#streams.output.write(`${text}\n`);
  }

  raw(text: string): void {
    this.#streams.output.write(text);
  }

  note(text: string): void {
    this.#streams.error.write(`${text}\n`);
  }

  paint(colour: Colour, text: string): string {
    return this.#colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
  }

  /**
   * A question: the next line typed is its answer, also when someone waits for a line already. Null at the end of the
   * input, and when `signal` takes the question back: then the next line is for whoever waits next.
   */
  ask(question: string, signal: AbortSignal): Promise<string | null> {
    this.#streams.error.write(question);
    return this.#next(resolve => {
      this.#waiting.unshift(resolve);
      const takeBack = (): void => {
        const at = this.#waiting.indexOf(resolve);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        this.#streams.error.write('\n');
        resolve(null);
      };
      signal.addEventListener('abort', takeBack, { once: true });
    });
  }

  /** The next line typed; null at the end of the input. */
  line(): Promise<string | null> {
    return this.#next(resolve => this.#waiting.push(resolve));
  }

  close(): void {
    this.#reader?.close();
  }

  #next(wait: (resolve: (line: string | null) => void) => void): Promise<string | null> {
    this.#open();
    const ready = this.#lines.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return this.#ended ? Promise.resolve(null) : new Promise(wait);
  }

  #open(): void {
    if (this.#reader !== null) return;
    this.#reader = createInterface({ input: this.#streams.input, terminal: false });
    this.#reader.on('line', line => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#lines.push(line);
      else next(line);
    });
    this.#reader.on('close', () => {
      this.#ended = true;
      for (const waiting of this.#waiting.splice(0)) waiting(null);
    });
  }
}
