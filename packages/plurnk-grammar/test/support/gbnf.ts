/** One step of an alternative: a character of a class, or a rule. Classes are lists of [from, to] code points. */
export type Element =
  | { readonly kind: 'char'; readonly ranges: readonly (readonly [number, number])[]; readonly negated: boolean }
  | { readonly kind: 'rule'; readonly rule: number };

/** A grammar as llama.cpp keeps it: rules of alternatives of elements; repetition has become rules. */
export interface Gbnf {
  readonly rules: readonly (readonly (readonly Element[])[])[];
  readonly root: number;
}

/** Reads llama.cpp's GBNF: literals, classes, groups, `|`, `* + ?`, `{m,n}`, comments. Throws on what it cannot read. */
export function readGbnf(text: string): Gbnf {
  return new Reader(text).read();
}

export function admits(element: Element & { kind: 'char' }, code: number): boolean {
  return element.ranges.some(([from, to]) => code >= from && code <= to) !== element.negated;
}

const ESCAPES: { readonly [char: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  '"': '"',
  '[': '[',
  ']': ']',
};

class Reader {
  readonly #text: string;
  readonly #rules: Element[][][] = [];
  readonly #names = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Gbnf {
    this.#space(true);
    while (this.#at < this.#text.length) {
      const rule = this.#rule(this.#name());
      this.#space(false);
      this.#expect('::=');
      this.#space(true);
      this.#rules[rule] = this.#alternatives(false);
      this.#space(true);
    }
    const missing = [...this.#names].filter(([, rule]) => this.#rules[rule]?.length === 0).map(([name]) => name);
    if (missing.length > 0) throw new Error(`undefined rules: ${missing.join(', ')}`);
    return { rules: this.#rules, root: this.#rule('root') };
  }

  #rule(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#names.set(name, this.#rules.length);
    return this.#add([]);
  }

  #add(alternatives: Element[][]): number {
    this.#rules.push(alternatives);
    return this.#rules.length - 1;
  }

  #alternatives(nested: boolean): Element[][] {
    const alternatives = [this.#sequence(nested)];
    while (this.#text[this.#at] === '|') {
      this.#at++;
      this.#space(true);
      alternatives.push(this.#sequence(nested));
    }
    return alternatives;
  }

  #sequence(nested: boolean): Element[] {
    const sequence: Element[] = [];
    for (;;) {
      const item = this.#item(nested);
      if (item === null) return sequence;
      sequence.push(...this.#repeated(item));
      this.#space(nested);
    }
  }

  #item(nested: boolean): Element[] | null {
    const char = this.#text[this.#at];
    if (char === '"') return this.#literal();
    if (char === '[') return [this.#class()];
    if (char === '(') {
      this.#at++;
      this.#space(true);
      const rule = this.#add(this.#alternatives(true));
      this.#expect(')');
      return [{ kind: 'rule', rule }];
    }
    if (char !== undefined && /[A-Za-z0-9-]/.test(char)) return [{ kind: 'rule', rule: this.#rule(this.#name()) }];
    if (char === undefined || char === '|' || char === '\n' || (nested && char === ')')) return null;
    throw new Error(`unexpected ${char} at ${this.#at}: ${this.#text.slice(this.#at - 40, this.#at + 20)}`);
  }

  #repeated(item: Element[]): Element[] {
    const match = /[*+?]|\{(\d+)(,?)(\d*)\}/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.#text);
    if (found === null) return item;
    this.#at += found[0].length;
    const min = found[0] === '+' ? 1 : found[1] === undefined ? 0 : Number(found[1]);
    const open = found[0] === '*' || found[0] === '+' || (found[2] === ',' && found[3] === '');
    const max = open ? Number.POSITIVE_INFINITY : found[0] === '?' ? 1 : found[3] === '' ? min : Number(found[3]);
    const repeated = Array.from({ length: min }, () => item).flat();
    return max === min ? repeated : [...repeated, this.#upTo(item, max - min)];
  }

  /** A rule for up to `count` items, without end for Infinity. */
  #upTo(item: Element[], count: number): Element {
    const rule = this.#add([]);
    const rest: Element[] =
      count === Number.POSITIVE_INFINITY ? [{ kind: 'rule', rule }] : count > 1 ? [this.#upTo(item, count - 1)] : [];
    this.#rules[rule] = [[...item, ...rest], []];
    return { kind: 'rule', rule };
  }

  #literal(): Element[] {
    const elements: Element[] = [];
    this.#at++;
    while (this.#text[this.#at] !== '"') {
      const code = this.#char();
      elements.push({ kind: 'char', ranges: [[code, code]], negated: false });
    }
    this.#at++;
    return elements;
  }

  #class(): Element {
    this.#at++;
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at++;
    const ranges: [number, number][] = [];
    while (this.#text[this.#at] !== ']') {
      const from = this.#char();
      const isRange = this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']';
      if (isRange) this.#at++;
      ranges.push([from, isRange ? this.#char() : from]);
    }
    this.#at++;
    return { kind: 'char', ranges, negated };
  }

  #char(): number {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw new Error('the grammar ends inside a literal or a class');
    this.#at += code > 0xffff ? 2 : 1;
    if (code !== 92) return code;
    const letter = this.#text[this.#at++] ?? '';
    const digits = { x: 2, u: 4, U: 8 }[letter];
    if (digits !== undefined) {
      this.#at += digits;
      return Number.parseInt(this.#text.slice(this.#at - digits, this.#at), 16);
    }
    const char = ESCAPES[letter];
    if (char === undefined) throw new Error(`unknown escape \\${letter}`);
    return char.charCodeAt(0);
  }

  #name(): string {
    const match = /[A-Za-z0-9-]+/y;
    match.lastIndex = this.#at;
    const name = match.exec(this.#text)?.[0];
    if (name === undefined) throw new Error(`a rule name is missing at ${this.#at}`);
    this.#at += name.length;
    return name;
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) throw new Error(`expected ${text} at ${this.#at}`);
    this.#at += text.length;
  }

  #space(newlines: boolean): void {
    const match = newlines ? /(?:[ \t\r\n]|#[^\n]*)*/y : /(?:[ \t]|#[^\n]*)*/y;
    match.lastIndex = this.#at;
    this.#at += match.exec(this.#text)?.[0].length ?? 0;
  }
}
