const MIN_LENGTH = 6;

/** Key shapes of the vendors that people paste by mistake; what is configured is removed by value. */
const SHAPES = [
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  /\bxai-[A-Za-z0-9]{16,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
];

export const REDACTED = '[secret removed]';

/** Takes known secrets and what looks like one out of an export (UI-32). */
export function withoutSecrets(text: string, secrets: readonly string[], format: 'jsonl' | 'html'): string {
  let clean = text;
  for (const secret of secrets.filter(each => each.length >= MIN_LENGTH)) {
    clean = clean.replaceAll(format === 'jsonl' ? JSON.stringify(secret).slice(1, -1) : secret, REDACTED);
  }
  for (const shape of SHAPES) clean = clean.replace(shape, REDACTED);
  return clean;
}

/** The same for texts whose length counts: every character of a secret becomes a star, line ends stay. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets.filter(each => each.length >= MIN_LENGTH)) {
    clean = clean.replaceAll(secret, stars(secret));
  }
  for (const shape of SHAPES) clean = clean.replace(shape, stars);
  return clean;
}

function stars(secret: string): string {
  return secret.replace(/[^\r\n]/g, '*');
}
