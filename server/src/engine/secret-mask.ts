import { secretForms } from '@plurnk/plurnk-providers';

const MASK = '[redacted]';

/**
 * Takes the keys of the configured models out of what is stored, shown or sent to a model (UI-3): a model that learned
 * one, from a file or from what a command printed, must not spread it by repeating it.
 */
export class SecretMask {
  readonly #secrets: () => readonly string[];
  #of = '';
  #forms: readonly string[] = [];

  constructor(secrets: () => readonly string[]) {
    this.#secrets = secrets;
  }

  mask(text: string): string {
    let clean = text;
    for (const form of this.#known()) if (clean.includes(form)) clean = clean.replaceAll(form, MASK);
    return clean;
  }

  /** For text that arrives in pieces: what may be the beginning of a key waits for the next piece. */
  stream(): { push(chunk: string): string; rest(): string } {
    let held = '';
    return {
      push: chunk => {
        const text = this.mask(held + chunk);
        const safe = text.length - this.#beginning(text);
        held = text.slice(safe);
        return text.slice(0, safe);
      },
      rest: () => {
        const text = held;
        held = '';
        return text;
      },
    };
  }

  /** Length of the longest end of the text that a key begins with. */
  #beginning(text: string): number {
    let longest = 0;
    for (const form of this.#known()) {
      for (let length = Math.min(form.length - 1, text.length); length > longest; length -= 1) {
        if (form.startsWith(text.slice(-length))) longest = length;
      }
    }
    return longest;
  }

  #known(): readonly string[] {
    const secrets = this.#secrets();
    const of = secrets.join('\n');
    if (of !== this.#of) {
      this.#of = of;
      this.#forms = [...new Set(secrets.flatMap(secretForms))].sort((a, b) => b.length - a.length);
    }
    return this.#forms;
  }
}
