/** Which changes are better told than shown (UI-23). */

export type ReviewSummary = 'binary' | 'huge' | 'generated';

/** A side with more bytes than this is not shown as a diff. */
export const HUGE_BYTES = 5_000_000;

const GENERATED_NAME =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|[^/]+\.lock|go\.sum|gradle\.lockfile|Package\.resolved|[^/]+\.min\.(js|mjs|css)|[^/]+\.(js|css|mjs|cjs)\.map|[^/]+\.(pb|g|generated|designer)\.(go|dart|ts|js|cs|py|java|swift)|[^/]+_pb2(_grpc)?\.pyi?)$/i;
/** Says so itself, in a comment of its first lines. */
const GENERATED_HEAD =
  /@generated\b|\bcode generated\b.*\bdo not edit\b|\bauto-?generated\b.*\bdo not (edit|modify)\b/i;
const HEAD_CHARACTERS = 1000;
const HEAD_LINES = 8;

export interface ReviewTexts {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly binary?: boolean;
}

export function isGenerated(path: string, text: string): boolean {
  if (GENERATED_NAME.test(path)) return true;
  const head = text.slice(0, HEAD_CHARACTERS).split('\n').slice(0, HEAD_LINES);
  return head.some(line => GENERATED_HEAD.test(line));
}

export function summaryOf({ path, before, after, binary }: ReviewTexts): ReviewSummary | null {
  if (binary === true) return 'binary';
  if (isHuge(before) || isHuge(after)) return 'huge';
  return isGenerated(path, before ?? after ?? '') ? 'generated' : null;
}

const isHuge = (text: string | null): boolean => text !== null && sizeOf(text) > HUGE_BYTES;

/** Bytes as UTF-8. */
export const sizeOf = (text: string): number => Buffer.byteLength(text);
