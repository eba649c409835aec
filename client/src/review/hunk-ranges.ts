/** Where the hunks of a proposal are while the person edits the proposed text. Nothing is compared here (UI-21). */

/** Half-open line ranges from 0: first and end in the baseline, first and end in the proposed text. */
export type Hunk = readonly [baseStart: number, baseEnd: number, start: number, end: number];

/** One edit as the editor reports it: what was replaced, and how many line ends came instead. */
export interface LineEdit {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  readonly text: string;
}

/** A place where the right side is not the baseline. Lines outside of all places are the baseline's, one to one. */
export interface Place {
  /** Position in the proposal's hunks; null: the person's own. */
  readonly hunk: number | null;
  readonly baseStart: number;
  readonly baseEnd: number;
  /** Lines of the right side as it is now. */
  readonly start: number;
  readonly end: number;
}

export class HunkRanges {
  #places: readonly Place[];

  constructor(hunks: readonly Hunk[]) {
    this.#places = hunks.map(([baseStart, baseEnd, start, end], hunk) => ({ hunk, baseStart, baseEnd, start, end }));
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  edit(edit: LineEdit): void {
    const { from, to, added } = linesOf(edit);
    const shift = added - (to - from);
    const before = this.#places.filter(place => isBefore(place, from, to));
    const after = this.#places.filter(place => !before.includes(place) && isAfter(place, from, to));
    const hit = this.#places.filter(place => !before.includes(place) && !after.includes(place));
    const first = hit[0];
    const last = hit.at(-1);
    const moved = after.map(place => ({ ...place, start: place.start + shift, end: place.end + shift }));
    const base = baseLine(before.at(-1), from);
    const made: Place =
      first === undefined || last === undefined
        ? { hunk: null, baseStart: base, baseEnd: base + (to - from), start: from, end: from + added }
        : {
            hunk: hit.find(({ hunk }) => hunk !== null)?.hunk ?? null,
            baseStart: first.baseStart - Math.max(0, first.start - from),
            baseEnd: last.baseEnd + Math.max(0, to - last.end),
            start: Math.min(first.start, from),
            end: Math.max(last.end, to) + shift,
          };
    this.#places = [...before, made, ...moved];
  }
}

/** Whole lines that an edit touches, and how many are there afterwards. */
function linesOf({ startLine, startCharacter, endLine, endCharacter, text }: LineEdit) {
  const lineEnds = text.split('\n').length - 1;
  const whole = startCharacter === 0 && endCharacter === 0 && (text === '' || text.endsWith('\n'));
  return whole
    ? { from: startLine, to: endLine, added: lineEnds }
    : { from: startLine, to: endLine + 1, added: lineEnds + 1 };
}

/** Lines put in at an empty place are that place: taking back what a hunk removed. */
const isAt = ({ start, end }: Place, from: number, to: number): boolean =>
  start === end && from === to && from === start;

const isBefore = (place: Place, from: number, to: number): boolean => place.end <= from && !isAt(place, from, to);

const isAfter = (place: Place, from: number, to: number): boolean => place.start >= to && !isAt(place, from, to);

/** The line of the baseline that a line outside of all places is. */
function baseLine(before: Place | undefined, line: number): number {
  return before === undefined ? line : before.baseEnd + (line - before.end);
}
