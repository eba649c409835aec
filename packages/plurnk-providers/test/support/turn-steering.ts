const OPS = ['FIND', 'READ', 'EDIT', 'COPY', 'MOVE', 'OPEN', 'FOLD', 'EXEC', 'KILL', 'SEND'] as const;
const SEND_HEADERS = ['[102]', '[200]', '[202]', '[499]'];
const OPEN_TAG = /<<(PLAN|FIND|READ|EDIT|COPY|MOVE|OPEN|FOLD|EXEC|KILL|SEND)([A-Za-z0-9_]*)/g;
const WORD = /[A-Za-z0-9_]/;

/** Where in a turn a text ends. */
type Place =
  | {
      readonly kind: 'text';
      readonly planned: boolean;
      readonly lastOp: string;
      readonly ops: number;
      readonly from: number;
    }
  | { readonly kind: 'header'; readonly op: string; readonly header: string }
  | { readonly kind: 'body'; readonly close: string; readonly body: string };

export interface SteeringOptions {
  readonly random: () => number;
  /** Ops before the last SEND, at most. */
  readonly maxOps: number;
  /** Bodies and targets end soon after so many bytes. */
  readonly freeBytes: number;
  /** Headers to try instead of random ones, for example `(README.md)` or `[sh](.)`; by op. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

/**
 * A model with random weights almost never hits upon a close tag. Steering wishes for one byte now and then, so that
 * turns end; the grammar and the sampler still decide. Returns the wished byte, `end`, or null for a free choice.
 */
export interface Steering {
  wish(text: string): string | 'end' | null;
}

export function createSteering(options: SteeringOptions): Steering {
  const { random } = options;
  const wanted = Math.floor(random() * (options.maxOps + 1));
  const preamble = random() < 0.3 ? Math.floor(random() * 8) : 0;
  const chosen = new Map<number, string>();
  const choose = (at: number, from: readonly string[]): string => {
    const choice = chosen.get(at) ?? from[Math.floor(random() * from.length)] ?? '';
    chosen.set(at, choice);
    return choice;
  };
  const wishInText = (text: string, place: Extract<Place, { kind: 'text' }>): string | 'end' | null => {
    if (!place.planned && text.length < preamble) {
      return null;
    }
    if (place.lastOp === 'SEND' && place.ops > wanted) {
      return 'end';
    }
    const op = place.planned ? (place.ops >= wanted ? 'SEND' : choose(place.from, OPS)) : 'PLAN';
    return nextByte(text, `<<${op}`) ?? null;
  };
  const wishInHeader = (place: Extract<Place, { kind: 'header' }>, length: number): string | null => {
    const { op, header } = place;
    const templates = options.headers?.[op] ?? (op === 'SEND' ? SEND_HEADERS : []);
    const template =
      templates.length > 0 && (op === 'SEND' || random() < 0.999) ? choose(length - header.length, templates) : '';
    if (template.startsWith(header) && header.length < template.length) {
      return template[header.length] ?? null;
    }
    return headerEnd(header, random() < 0.5 && header.length < options.freeBytes && template === '');
  };
  return {
    wish(text) {
      const place = placeOf(text);
      if (place.kind === 'text') {
        return wishInText(text, place);
      }
      if (place.kind === 'header') {
        return wishInHeader(place, text.length);
      }
      const free =
        place.body.length < options.freeBytes && random() < 0.9 && !place.body.endsWith(place.close.slice(0, 2));
      return free ? null : (nextByte(`:${place.body}`, place.close) ?? null);
    },
  };
}

/** The byte that continues the longest part of `goal` that `text` ends with. */
function nextByte(text: string, goal: string): string | undefined {
  for (let length = goal.length - 1; length >= 0; length -= 1) {
    if (text.endsWith(goal.slice(0, length))) {
      return goal[length];
    }
  }
  return goal[0];
}

/** What leads out of the slot that is open, or to the body. */
function headerEnd(header: string, free: boolean): string | null {
  const slot = openSlot(header);
  if (free) {
    return null;
  }
  if (slot === null) {
    return ':';
  }
  if (slot.startsWith('(#') && !/^\(#(?:[^\\]|\\.)*#[a-z]*$/s.test(slot)) {
    return '#';
  }
  if (slot.startsWith('<')) {
    return /\d$/.test(slot) ? '>' : '1';
  }
  return slot.startsWith('(') ? ')' : ']';
}

function openSlot(header: string): string | null {
  const ends: Readonly<Record<string, string>> = { '(': ')', '[': ']', '<': '>' };
  let start = -1;
  for (let at = 0; at < header.length; at += 1) {
    const character = header[at] ?? '';
    if (start < 0 && character in ends) {
      start = at;
    } else if (start >= 0 && character === ends[header[start] ?? ''] && !isOpenRegex(header.slice(start, at))) {
      start = -1;
    }
  }
  return start < 0 ? null : header.slice(start);
}

function isOpenRegex(slot: string): boolean {
  return slot.startsWith('(#') && !/^\(#(?:[^\\#]|\\.)*#[a-z]*$/s.test(slot);
}

/** Reads a turn so far, statement by statement. */
function placeOf(text: string): Place {
  let from = 0;
  let ops = 0;
  let lastOp = '';
  for (;;) {
    OPEN_TAG.lastIndex = from;
    const tag = OPEN_TAG.exec(text);
    if (tag === null) {
      return { kind: 'text', planned: ops > 0, lastOp, ops, from };
    }
    const op = tag[1] ?? '';
    const header = text.slice(tag.index + tag[0].length);
    const colon = bodyStart(header);
    if (colon < 0) {
      return { kind: 'header', op, header };
    }
    const close = `:${op}${tag[2] ?? ''}`;
    const end = closeAt(header, colon, close);
    if (end < 0) {
      return { kind: 'body', close, body: header.slice(colon + 1) };
    }
    from = tag.index + tag[0].length + end;
    ops += 1;
    lastOp = op;
  }
}

function bodyStart(header: string): number {
  for (let at = header.indexOf(':'); at >= 0; at = header.indexOf(':', at + 1)) {
    if (openSlot(header.slice(0, at)) === null) {
      return at;
    }
  }
  return -1;
}

/** Where the statement ends, counted from the end of its open tag; −1 while it is open. */
function closeAt(header: string, colon: number, close: string): number {
  for (let at = header.indexOf(close, colon); at >= 0; at = header.indexOf(close, at + 1)) {
    const after = header[at + close.length];
    const oneColon = at === colon;
    if (after === undefined || (oneColon ? /[\r\n<]/.test(after) : !WORD.test(after))) {
      return at + close.length;
    }
  }
  return -1;
}
