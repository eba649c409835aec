import { seededRandom } from '../../packages/plurnk-grammar/fuzz/generate.ts';

const PROSE = [
  'I read the failing test first; the loop stops one turn early when 2 < n.',
  'The parser keeps “quotes”, naïve words and ✓ marks as they are.',
  'Next I look for every caller, then I change the signature.',
  'Nothing else in this module depends on the order of the rows.',
];
const CODE = [
  '  const value = map.get(key) ?? fallback;',
  '  if (value < limit && (flags << 2) > 0) return { ok: true, value };',
  "  for (const [name, entry] of Object.entries(table)) log(name, ': ', entry.size);",
  '  /** Gives the rows that changed since the last look. */',
  '  switch (state) { case "open": return 1; default: return 0; }',
  '',
];
const MATCHERS = [
  '#export (class|function) \\w+#g',
  '#TODO|FIXME#i',
  '$.scripts',
  '$..name',
  '//h2',
  '~how the budget is measured',
  '@dispatch',
  '**/*.test.ts',
];
const PATHS = [
  'src/engine/turn.ts',
  'packages/plurnk-grammar/src/index.ts',
  'docs/ARCHITECTURE.md',
  'test/unit/run-store.test.ts',
  'package.json',
];
const URLS = [
  'known:///plan.md',
  'known:///decisions/2026/storage.md',
  'log:///1/2/3/READ',
  'run://scout',
  'run://self/notes.md',
  'sh:///1/4/2#stdout',
  'https://example.com/docs?page=2#top',
];

/** Makes emissions as models write them: a plan, reads and searches, edits of code and prose, a command, a status. */
export class EmissionMaker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Emissions of `size` UTF-16 units in all, or a little more. */
  make(size: number): string[] {
    const emissions: string[] = [];
    for (let length = 0; length < size; ) {
      const emission = this.#emission();
      emissions.push(emission);
      length += emission.length;
    }
    return emissions;
  }

  #emission(): string {
    const parts = [this.#pick(PROSE), `<<PLAN:${this.#lines(PROSE, 4)}:PLAN`];
    for (let left = 1 + this.#below(5); left > 0; left--) parts.push(this.#reading());
    for (let left = this.#below(4); left > 0; left--) parts.push(this.#writing());
    if (this.#random() < 0.5)
      parts.push(`<<EXEC[sh](.)<60>:npm test -- --grep "${this.#pick(PATHS)}" 2>&1 | tail -40:EXEC`);
    parts.push(
      this.#random() < 0.2
        ? `<<SEND[202]:{"waiting": ["scout"], "since": ${this.#below(99)}}:SEND`
        : `<<SEND[102]:${this.#lines(PROSE, 3)}:SEND`,
    );
    return parts.join('\n');
  }

  #reading(): string {
    const op = this.#pick(['READ', 'READ', 'READ', 'FIND', 'OPEN', 'FOLD']);
    const tags = this.#random() < 0.2 ? '[todo, engine]' : '';
    const marks = this.#random() < 0.5 ? `<${this.#below(90)}-${90 + this.#below(400)}>` : '';
    return `<<${op}${tags}(${this.#path()})${marks}:${this.#random() < 0.5 ? this.#pick(MATCHERS) : ''}:${op}`;
  }

  #writing(): string {
    const marks = this.#random() < 0.6 ? `<${this.#below(90)}-${90 + this.#below(40)}>` : '';
    if (this.#random() < 0.1)
      return `<<EDIT1(run://self/notes.md):Write <<EDIT(x):text:EDIT to change x.\n${this.#lines(PROSE, 9)}:EDIT1`;
    if (this.#random() < 0.1) return `<<MOVE(${this.#path()}):${this.#pick(PATHS)}:MOVE`;
    return `<<EDIT(${this.#path()})${marks}:${this.#lines(CODE, 60)}\n:EDIT`;
  }

  #path(): string {
    return this.#pick(this.#random() < 0.5 ? PATHS : URLS);
  }

  #lines(from: readonly string[], most: number): string {
    return Array.from({ length: 1 + this.#below(most) }, () => this.#pick(from)).join('\n');
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick(from: readonly string[]): string {
    return from[this.#below(from.length)] ?? '';
  }
}
