import type { StoredSection } from '../store/contract.ts';

/** Part 4: the sections in their order. The first six do not change between turns (PKT-1). */
export const SECTION_NAMES = [
  'definition',
  'tools',
  'schemes',
  'inject',
  'system-policy',
  'project-policy',
  'child-streams',
  'child-runs',
  'errors',
  'git',
  'budget',
  'log',
  'prompt',
  'requirements',
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

export const STABLE_SECTIONS: ReadonlySet<string> = new Set(SECTION_NAMES.slice(0, 6));

/** A section before it is measured. */
export interface SectionDraft {
  readonly name: string;
  readonly slot: 'system' | 'user';
  readonly header: string | null;
  readonly content: string;
  readonly parts?: readonly string[];
  /** Known already, when the content was measured part by part. */
  readonly contentTokens?: number;
}

/** A section as plugins see it. */
export type PlainSection = Pick<SectionDraft, 'name' | 'slot' | 'header' | 'content'>;

/**
 * A trusted plugin that sees the list as a whole, before it is measured, and gives back the one that goes on (PKT-2).
 * `signal` aborts when nobody waits for it any more.
 */
export interface PacketTransform {
  readonly name: string;
  transform(
    sections: readonly PlainSection[],
    signal: AbortSignal,
  ): readonly PlainSection[] | Promise<readonly PlainSection[]>;
}

const SEPARATOR = '\n\n';

export function headerText(header: string | null): string {
  return header === null ? '' : `# ${header}\n\n`;
}

/** The bytes that a slot's message carries; the stored sections give the same (PKT-3). */
export function renderSlot(
  sections: readonly Pick<StoredSection, 'slot' | 'header' | 'content'>[],
  slot: 'system' | 'user',
): string {
  let text = '';
  for (const section of sections) {
    if (section.slot !== slot) continue;
    text += (text === '' ? '' : SEPARATOR) + headerText(section.header) + section.content;
  }
  return text;
}

/** How much of the system message is the same in the next turn: the stable sections that it begins with. */
export function stablePrefix(sections: readonly StoredSection[]): number {
  const system = sections.filter(section => section.slot === 'system');
  const end = system.findIndex(section => !STABLE_SECTIONS.has(section.name));
  return renderSlot(end === -1 ? system : system.slice(0, end), 'system').length;
}
