import type { SessionId, Store } from '../store/contract.ts';

const RESERVED = new Set(['plurnk', 'self']);
/** A run's name is shown where only the framework speaks (section 8), so it is one plain word. */
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** Why a name cannot be given to a run; null when it can (ENG-4). */
export function nameProblem(name: string): { status: 400 | 403; message: string } | null {
  if (RESERVED.has(name.toLowerCase())) return { status: 403, message: `The name ${name} is reserved.` };
  if (RUN_NAME.test(name)) return null;
  return { status: 400, message: 'A run name is one word of letters, digits, dot, dash and underscore, at most 64.' };
}

const FIRST = [
  'amber',
  'brisk',
  'calm',
  'clear',
  'early',
  'keen',
  'lucid',
  'quiet',
  'rapid',
  'solid',
  'steady',
  'vivid',
];
const SECOND = [
  'brook',
  'cedar',
  'delta',
  'ember',
  'field',
  'grove',
  'harbor',
  'lark',
  'meadow',
  'orbit',
  'ridge',
  'vale',
];

/** `session-calm-cedar`, with a number when that is taken. */
export function freeSessionName(store: Store, random: () => number): string {
  return freeName(
    `session-${word(FIRST, random)}-${word(SECOND, random)}`,
    name => store.sessions.byName(name) === null,
  );
}

export function freeRunName(store: Store, sessionId: SessionId, stem: string): string {
  return freeName(stem, name => store.runs.byName(sessionId, name) === null);
}

/** `<parent>-fork-<n>` (RES-30). */
export function forkName(store: Store, sessionId: SessionId, parent: string): string {
  for (let n = 1; ; n += 1) {
    const name = `${parent.slice(0, 50)}-fork-${n}`;
    if (store.runs.byName(sessionId, name) === null) return name;
  }
}

function word(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() * words.length)] ?? 'plain';
}

function freeName(stem: string, isFree: (name: string) => boolean): string {
  if (isFree(stem)) return stem;
  for (let n = 2; ; n += 1) if (isFree(`${stem}-${n}`)) return `${stem}-${n}`;
}
