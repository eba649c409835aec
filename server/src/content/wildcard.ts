/** Wildcards without backtracking explosions: `*`, `?`, `[a-z]`, `[!a-z]`, `\x`; time is at most pattern × text (RES-42). */

type Token =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

export type Wildcard = (text: string) => boolean;

/** The set that opens at `at`, or null when it never closes (then `[` is a plain character). */
function parseSet(pattern: readonly string[], at: number): { token: Token; next: number } | null {
  let next = at + 1;
  const negated = pattern[next] === '!' || pattern[next] === '^';
  if (negated) next++;
  const ranges: [string, string][] = [];
  for (let first = true; next < pattern.length; first = false) {
    const from = pattern[next];
    if (from === undefined) return null;
    if (from === ']' && !first) return { token: { kind: 'set', negated, ranges }, next: next + 1 };
    const to = pattern[next + 2];
    if (pattern[next + 1] === '-' && to !== undefined && to !== ']') {
      ranges.push([from, to]);
      next += 3;
    } else {
      ranges.push([from, from]);
      next++;
    }
  }
  return null;
}

function tokenize(source: string): Token[] {
  const pattern = [...source];
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at] ?? '';
    const set = char === '[' ? parseSet(pattern, at) : null;
    if (set !== null) {
      tokens.push(set.token);
      at = set.next;
    } else if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
      at++;
    } else if (char === '?') {
      tokens.push({ kind: 'any' });
      at++;
    } else if (char === '\\' && at + 1 < pattern.length) {
      tokens.push({ kind: 'char', char: pattern[at + 1] ?? '' });
      at += 2;
    } else {
      tokens.push({ kind: 'char', char });
      at++;
    }
  }
  return tokens;
}

function accepts(token: Token, char: string): boolean {
  switch (token.kind) {
    case 'char':
      return token.char === char;
    case 'set':
      return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.negated;
    case 'any':
    case 'star':
      return true;
  }
}

/** Greedy with one point of return: the last star. */
function run(tokens: readonly Token[], text: readonly string[]): boolean {
  let [at, token, starAt, starToken] = [0, 0, -1, -1];
  while (at < text.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      starToken = token++;
      starAt = at;
    } else if (current !== undefined && accepts(current, text[at] ?? '')) {
      token++;
      at++;
    } else if (starToken >= 0) {
      token = starToken + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token]?.kind === 'star') token++;
  return token === tokens.length;
}

export function wildcard(pattern: string): Wildcard {
  const tokens = tokenize(pattern);
  const literal = tokens.every(token => token.kind === 'char');
  if (literal) {
    const word = tokens.map(token => (token.kind === 'char' ? token.char : '')).join('');
    return text => text === word;
  }
  const [first, middle, last] = [tokens[0], tokens.slice(1, -1), tokens.at(-1)];
  const contains = first?.kind === 'star' && last?.kind === 'star' && middle.every(token => token.kind === 'char');
  if (contains && tokens.length > 1) {
    const word = middle.map(token => (token.kind === 'char' ? token.char : '')).join('');
    return text => text.includes(word);
  }
  return text => run(tokens, [...text]);
}
