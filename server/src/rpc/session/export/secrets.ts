const MIN_LENGTH = 6;

/**
 * Key shapes of the vendors that people paste by mistake; what is configured is removed by value. In JSON a line end is
 * `\n`, and a key may follow it.
 */
const SHAPES = [
  /(?:\b|(?<=\\[bfnrt]))sk-[A-Za-z0-9_-]{16,}/g,
  /(?:\b|(?<=\\[bfnrt]))xai-[A-Za-z0-9]{16,}/g,
  /(?:\b|(?<=\\[bfnrt]))AIza[A-Za-z0-9_-]{30,}/g,
  /(?:\b|(?<=\\[bfnrt]))gh[pousr]_[A-Za-z0-9]{30,}/g,
  /(?:\b|(?<=\\[bfnrt]))AKIA[A-Z0-9]{16}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
];

export const REDACTED = '[secret removed]';

/** Takes known secrets and what looks like one out of an export (UI-32). */
export function withoutSecrets(text: string, secrets: readonly string[], format: 'jsonl' | 'html'): string {
  let clean = text;
  for (const secret of secrets.filter(each => each.length >= MIN_LENGTH)) {
    clean = clean.replaceAll(format === 'jsonl' ? JSON.stringify(secret).slice(1, -1) : secret, REDACTED);
  }
  if (format === 'html') return withoutShapes(clean);
  // What begins in one object does not end in another.
  return clean.split('\n').map(withoutShapes).join('\n');
}

function withoutShapes(text: string): string {
  return SHAPES.reduce((clean, shape) => clean.replace(shape, REDACTED), text);
}

/** The same for texts whose length counts: every character of a secret becomes a star, line ends stay. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets.filter(each => each.length >= MIN_LENGTH)) {
    // Some of the texts are JSON.
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1)])) {
      clean = clean.replaceAll(form, stars(form));
    }
  }
  for (const shape of SHAPES) clean = clean.replace(shape, stars);
  return clean;
}

function stars(secret: string): string {
  return secret.replace(/[^\r\n]/g, '*');
}
