const STOP = new Set(
  'a an and are as at be by do does for from has have how if in is it its of on or that the their then there these they this to was what when where which who why will with'.split(
    ' ',
  ),
);
const TOKEN = /[\p{L}\p{N}_]+/gu;
const PARTS = /_+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const BEYOND_ASCII = /[\u0080-\uffff]/;
const NEWLINE = 10;

/** Whether an ASCII code is of a letter, a digit or `_`. */
const IN_TOKEN = Uint8Array.from({ length: 128 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));

/** Search words of a text: lower case, parts of camelCase and snake_case as well, a plain plural `s` taken off. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  eachToken(text, token => {
    for (const word of wordsOfToken(token)) words.push(word);
  });
  return words;
}

/** Runs of letters, digits and `_`, with the line each stands in, from 0. Answers with the number of line ends. */
export function eachToken(text: string, use: (token: string, line: number) => void): number {
  if (BEYOND_ASCII.test(text)) {
    const lines = text.split('\n');
    for (const [at, line] of lines.entries()) for (const [token] of line.matchAll(TOKEN)) use(token, at);
    return lines.length - 1;
  }
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (IN_TOKEN[code] === 1) {
      const from = at;
      while (IN_TOKEN[text.charCodeAt(at)] === 1) at++;
      use(text.slice(from, at), line);
      continue;
    }
    if (code === NEWLINE) line++;
    at++;
  }
  return line;
}

export function wordsOfToken(token: string): string[] {
  const words: string[] = [];
  const parts = token.split(PARTS).filter(part => part !== '');
  if (parts.length > 1) push(words, parts.join(''));
  for (const part of parts) push(words, part);
  return words;
}

function push(words: string[], raw: string): void {
  const word = raw.toLowerCase();
  if (STOP.has(word) || word.length > 64) return;
  words.push(word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word);
}
