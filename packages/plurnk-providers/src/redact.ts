const MASK = '[redacted]';
const SHORTEST_SECRET = 6;
/** What keys of known vendors look like, and anything that follows `Bearer` or a key parameter. */
const PATTERNS: readonly RegExp[] = [
  /\b(?:sk|pk|rk|xai|gsk|or|key)-[A-Za-z0-9_\-*.]{8,}/g,
  /\bAIza[A-Za-z0-9_\-*]{10,}/g,
  /\b(?:ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{16,}/g,
  /(?<=\bBearer\s+)[A-Za-z0-9._~+/=\-*]{6,}/gi,
  /(?<=[?&](?:key|api[_-]?key|access_token|token)=)[^&\s"']+/gi,
  /(?<=["']?(?:api[_-]?key|authorization|x-goog-api-key|password|secret)["']?\s*[:=]\s*["'])[^"']+/gi,
];

/**
 * Takes every secret out of a text: the given ones in plain, URL-encoded, JSON-escaped and base64 form, and whatever
 * looks like a key. For everything that leaves the process or is stored: errors, logs, rows, packets, telemetry.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const form of secrets.flatMap(secretForms)) {
    clean = clean.replaceAll(form, MASK);
  }
  for (const pattern of PATTERNS) {
    clean = clean.replace(pattern, MASK);
  }
  return clean;
}

/** How a secret may be written: plain, URL-encoded, JSON-escaped, base64; none for what is too short to be one. */
export function secretForms(secret: string): string[] {
  if (secret.length < SHORTEST_SECRET) {
    return [];
  }
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}
