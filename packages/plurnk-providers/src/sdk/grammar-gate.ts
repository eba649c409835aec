import type { GrammarMode } from '../deps.ts';
import type { GenerateRequest } from '../provider.ts';
import { isProviderError } from '../provider-error.ts';
import type { Collected } from './collect.ts';

/** A language no model would speak by itself: whoever answers in it obeys the grammar. */
const TRIVIAL_GRAMMAR = 'root ::= "zqx" [0-9] "k"';
const TRIVIAL_ANSWER = /^\s*zqx[0-9]k\s*$/;
const TRIVIAL_PROMPT = 'Say hello.';
const UNCONSTRAINED =
  'The model server ignores the turn grammar, so the emission is not constrained by it. This is no error: turns are checked after the fact.';

/** Asks the backend once, under a grammar. */
export type AskUnder = (grammar: string, request: GenerateRequest) => Promise<Collected>;

/** Decides whether the turn grammar is sent: verified once with a trivial one, remembered afterwards. */
export interface GrammarGate {
  /** The grammar to send with this request, or null. Says so once if the backend does not obey. */
  admit(request: GenerateRequest, ask: AskUnder): Promise<string | null>;
  /** The backend refused the grammar itself: never send it again. */
  close(request: GenerateRequest): void;
}

export function createGrammarGate(possible: boolean, mode: GrammarMode): GrammarGate {
  let obeyed: boolean | null = possible && mode !== 'off' ? null : false;
  return {
    async admit(request, ask) {
      if (request.grammar === undefined || obeyed === false) {
        return null;
      }
      obeyed ??= await obeys(request, ask);
      if (!obeyed) {
        request.onNotice?.({ kind: 'unconstrained', message: UNCONSTRAINED });
      }
      return obeyed ? request.grammar : null;
    },
    close(request) {
      obeyed = false;
      request.onNotice?.({ kind: 'unconstrained', message: UNCONSTRAINED });
    },
  };
}

async function obeys(request: GenerateRequest, ask: AskUnder): Promise<boolean> {
  const trial: GenerateRequest = {
    messages: [{ role: 'user', content: TRIVIAL_PROMPT }],
    signal: request.signal,
    maxOutputTokens: 16,
  };
  try {
    return TRIVIAL_ANSWER.test((await ask(TRIVIAL_GRAMMAR, trial)).text);
  } catch (error) {
    if (isProviderError(error) && (error.kind === 'bad_request' || error.kind === 'bad_response')) {
      return false;
    }
    throw error;
  }
}
