/** A command line as words, for programs that are started without a shell. */

export type Words = { readonly words: readonly string[] } | { readonly problem: string };

const SHELL_ONLY = /[|&;<>`]|\$\(/;

/** Quotes and backslashes as in a POSIX shell; nothing is expanded, and what only a shell can do is a problem. */
export function splitWords(command: string): Words {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < command.length; at++) {
    const char = command.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && '"\\$`'.includes(command.charAt(at + 1)))
        word = (word ?? '') + command.charAt(++at);
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (SHELL_ONLY.test(char) || command.startsWith('$(', at)) {
      return { problem: `${char} is for a shell` };
    } else word = (word ?? '') + (char === '\\' ? command.charAt(++at) : char);
  }
  if (quote !== '') return { problem: `a ${quote} is not closed` };
  if (word !== null) words.push(word);
  return { words };
}
