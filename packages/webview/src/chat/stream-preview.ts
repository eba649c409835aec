/** An op that is being written, as far as it can be told from the text so far. */
export interface OpPreview {
  readonly op: string;
  readonly target: string;
  /** The body so far. */
  readonly body: string;
  readonly open: boolean;
}

const OPENING =
  /<<(PLAN|FIND|READ|EDIT|COPY|MOVE|OPEN|FOLD|EXEC|KILL|SEND)([A-Za-z0-9_]*)((?:\s*(?:\[[^\]]*\]|\([^)]*\)|<[-\d., ]+>))*)\s*:/g;

/**
 * What a person sees of a turn while it is generated: the ops in plain words instead of their heredocs. It only looks
 * for opening and closing tags; what really was said is decided by the server's parser when the turn ends.
 */
export function previewEmission(text: string): readonly OpPreview[] {
  const previews: OpPreview[] = [];
  let from = 0;
  for (;;) {
    OPENING.lastIndex = from;
    const match = OPENING.exec(text);
    if (!match) return previews;
    const [whole, op = '', suffix = '', slots = ''] = match;
    const bodyStart = match.index + whole.length;
    const close = closeOf(text, bodyStart, `${op}${suffix}`);
    previews.push({
      op,
      target: /\(([^)]*)\)/.exec(slots)?.[1] ?? '',
      body: text.slice(bodyStart, close ?? text.length),
      open: close === null,
    });
    if (close === null) return previews;
    from = close + 1 + op.length + suffix.length;
  }
}

function closeOf(text: string, from: number, word: string): number | null {
  if (text.startsWith(word, from) && !/\w/.test(text[from + word.length] ?? '')) return from - 1;
  for (let at = text.indexOf(`:${word}`, from); at >= 0; at = text.indexOf(`:${word}`, at + 1)) {
    if (!/\w/.test(text[at + 1 + word.length] ?? '')) return at;
  }
  return null;
}
