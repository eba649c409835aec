import type { SlotKind } from './slot.ts';

/** Where a statement is still open; `header` is between its slots. */
export type OpenPart = SlotKind | 'header' | 'body';

const CLOSERS = { signal: ']', target: ')', marks: '>' } as const;

/** The reason of an unparsed tail: the open slot, the open tag and what to add (LNG-15). */
export function describeTail(tag: string, part: OpenPart, other: string | null = null): string {
  if (part === 'header') return `The input ends before the body of \`<<${tag}\`; add \`:\`, the body and \`:${tag}\`.`;
  if (part === 'body')
    return `The input ends inside the body of \`<<${tag}\`${mismatch(other)}; add \`:${tag}\` after it.`;
  return `The input ends inside the ${part} of \`<<${tag}\`; add \`${CLOSERS[part]}\`, then \`:\`, the body and \`:${tag}\`.`;
}

/** The error of a statement that is never closed although parsing can go on after it. */
export function describeUnclosed(tag: string, part: OpenPart, other: string | null = null): string {
  if (part === 'header') return `\`<<${tag}\`: found no body, expected \`:\`, the body and \`:${tag}\`.`;
  if (part === 'body') return `\`<<${tag}\` body: found no close tag${mismatch(other)}, expected \`:${tag}\` after it.`;
  return `\`<<${tag}\` ${part}: found no \`${CLOSERS[part]}\`, expected it before the body.`;
}

function mismatch(other: string | null): string {
  return other === null ? '' : ` (\`${other}\` does not close it)`;
}
