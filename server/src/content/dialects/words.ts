const STOP = new Set(
  'a an and are as at be by do does for from has have how if in is it its of on or that the their then there these they this to was what when where which who why will with'.split(
    ' ',
  ),
);

/** Search words of a text: lower case, parts of camelCase and snake_case as well, a plain plural `s` taken off. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [token] of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
    const parts = token
      .split(/_+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
      .filter(part => part !== '');
    if (parts.length > 1) push(words, parts.join(''));
    for (const part of parts) push(words, part);
  }
  return words;
}

function push(words: string[], raw: string): void {
  const word = raw.toLowerCase();
  if (STOP.has(word) || word.length > 64) return;
  words.push(word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word);
}
