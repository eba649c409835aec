import { boundTokenizer, type Tokenizer } from './bound-tokenizer.ts';

type EncodingName = 'o200k_base' | 'cl100k_base';

const O200K = /^(?:openai\/)?(gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|gpt-oss|chatgpt-4o|o1|o3|o4)/i;
const CL100K = /^(?:openai\/)?(gpt-4(?!o|\.)|gpt-3\.5|text-embedding-)/i;
/** Special tokens in a packet are plain text: nothing in a packet may act as one. */
const PLAIN = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
/** Runs without a break cost quadratic time in a byte-pair encoder; past this length they are bounded instead. */
const LONGEST_RUN = 2_000;

/** The exact tokenizer where its vocabulary is kept, the documented bound otherwise (PKT-20). */
export async function tokenizerFor(model: string): Promise<Tokenizer> {
  if (O200K.test(model)) {
    return exact('o200k_base');
  }
  return CL100K.test(model) ? exact('cl100k_base') : boundTokenizer;
}

async function exact(name: EncodingName): Promise<Tokenizer> {
  const encoding =
    name === 'o200k_base'
      ? await import('gpt-tokenizer/encoding/o200k_base')
      : await import('gpt-tokenizer/encoding/cl100k_base');
  return {
    info: { name, exact: true },
    count: text => (hasEndlessRun(text) ? boundTokenizer.count(text) : encoding.countTokens(text, PLAIN)),
  };
}

const ENDLESS = new RegExp(`\\p{L}{${LONGEST_RUN}}|[^\\p{L}\\p{N}\\s]{${LONGEST_RUN}}|\\s{${LONGEST_RUN}}`, 'u');

function hasEndlessRun(text: string): boolean {
  return text.length >= LONGEST_RUN && ENDLESS.test(text);
}
