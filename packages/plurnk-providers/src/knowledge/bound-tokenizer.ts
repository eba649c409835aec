import type { TokenizerInfo } from '../provider.ts';

/** Counts tokens synchronously. */
export interface Tokenizer {
  readonly info: TokenizerInfo;
  count(text: string): number;
}

const LETTERS_PER_TOKEN = 3;
const WHITE_SPACE = /^\s+$/;
const PIECE = /\p{L}+|\p{N}|[^\S\n\r]+|[\r\n]+|[^\p{L}\p{N}\s]/gu;
const ASCII_ONLY = /^[\x20-\x7e\s]+$/;

/**
 * The documented upper bound of PKT-20, for models whose vocabulary is not at hand. A text is cut where the
 * pre-tokenizers of current models cut it: runs of letters, single digits, runs of spaces, runs of line ends, single
 * other characters. A run of n ASCII letters counts ⌈n/3⌉, a run of white space 1 per 16 characters and at least 1
 * (the single space before a word belongs to the word), any other ASCII character 1, everything else its UTF-8 bytes
 * halved, at least 1 per character. It lies above the GPT-2, GPT-4 and GPT-4o vocabularies on source, prose and data
 * (test/tokenizer.test.ts measures it); a hard bound for any byte-level vocabulary would be the byte count, four
 * times too high to be of use. ENG-41 corrects the rest from the usage that the provider reports.
 */
export const boundTokenizer: Tokenizer = {
  info: { name: 'pieces-bound', exact: false },
  count: boundCount,
};

function boundCount(text: string): number {
  let total = 0;
  for (const [piece] of text.matchAll(PIECE)) {
    total += pieceBound(piece);
  }
  return total;
}

function pieceBound(piece: string): number {
  if (WHITE_SPACE.test(piece)) {
    return piece === ' ' ? 0 : Math.ceil(piece.length / 16);
  }
  if (ASCII_ONLY.test(piece)) {
    return Math.ceil(piece.length / LETTERS_PER_TOKEN);
  }
  return Math.max([...piece].length, Math.ceil(Buffer.byteLength(piece) / 2));
}
