import type { PacketMessage } from '@plurnk/plurnk-providers';
import type { StoredSection } from '../store/contract.ts';
import { budgetText, weightTable } from './budget-section.ts';
import { fence, numberLines } from './fence.ts';
import type { ViewBlock } from './log-view.ts';
import { headerText, renderSlot, type SectionDraft, stablePrefix } from './section.ts';
import type { TokenCounter } from './token-counter.ts';

/** One prompt of the loop (section 13). */
export interface PromptView {
  /** `plurnk:///prompt/<loop>/<n>` */
  readonly address: string;
  readonly text: string;
}

export interface PacketInput {
  /** Sections 1–6 without the empty ones. */
  readonly stable: readonly SectionDraft[];
  /** `sh:///1/2/3` of every live stream (RES-33). */
  readonly childStreams: readonly string[];
  readonly childRuns: readonly { readonly name: string; readonly status: number }[];
  /** Rows ≥ 400 of this and the previous turn. */
  readonly errors: readonly { readonly status: number; readonly path: string }[];
  readonly git: string | null;
  /** null: no context size known, no ceiling and no gauge (ENG-40). */
  readonly ceiling: number | null;
  readonly blocks: readonly ViewBlock[];
  readonly prompts: readonly PromptView[];
  /** Longer prompts become a pointer (PKT-5). Characters. */
  readonly promptPreview: number;
  readonly requirements: string;
  readonly counter: TokenCounter;
}

export interface Packet {
  readonly sections: readonly StoredSection[];
  /** As rendered (ENG-41). */
  readonly tokens: number;
  readonly messages: readonly PacketMessage[];
}

/** Tokens that join two sections, and the frame of a message. */
const JOIN_TOKENS = 1;

/** The sections that have content, before plugins see them and before they are measured. */
export function draftPacket(input: PacketInput): readonly SectionDraft[] {
  return [...input.stable, ...situation(input), ...conversation(input)].filter(section => section.content !== '');
}

/** Measures the sections and adds the gauge. */
export function measurePacket(drafts: readonly SectionDraft[], input: PacketInput): Packet {
  const measured = drafts.map(section => measure(section, input.counter));
  const sections = input.ceiling === null ? measured : withBudget(measured, input.ceiling, input);
  return { sections, tokens: total(sections), messages: messagesOf(sections) };
}

/** A packet that no plugin changes. */
export const buildPacket = (input: PacketInput): Packet => measurePacket(draftPacket(input), input);

export function messagesOf(sections: readonly StoredSection[]): readonly PacketMessage[] {
  return [
    { role: 'system', content: renderSlot(sections, 'system'), stablePrefix: stablePrefix(sections) },
    { role: 'user', content: renderSlot(sections, 'user') },
  ];
}

function situation(input: PacketInput): SectionDraft[] {
  return [
    system(
      'child-streams',
      'Plurnk Service Child Streams',
      list(input.childStreams.map(address => `active ${address}`)),
    ),
    system(
      'child-runs',
      'Plurnk Service Child Runs',
      list(input.childRuns.map(run => `${run.status} run://${run.name}`)),
    ),
    system('errors', 'Plurnk Service Errors', list(input.errors.map(error => `${error.status} ${error.path}`))),
    system('git', 'Plurnk Service Git Status', input.git ?? ''),
  ];
}

function conversation(input: PacketInput): SectionDraft[] {
  const parts = input.blocks.map(block => block.text);
  return [
    {
      name: 'log',
      slot: 'user',
      header: 'Plurnk Service Log',
      content: concatenated(parts),
      parts,
      contentTokens: input.blocks.reduce((sum, block) => sum + block.tokens, 0),
    },
    {
      name: 'prompt',
      slot: 'user',
      header: 'Plurnk Service Active User Prompts',
      content: input.prompts.map(prompt => promptText(prompt, input.promptPreview)).join(''),
    },
    { name: 'requirements', slot: 'user', header: 'Plurnk Service Requirements', content: input.requirements },
  ];
}

/** By `+`, which copies nothing until somebody reads the whole: joining ten thousand rows again would cost more than the turn. */
function concatenated(parts: readonly string[]): string {
  let whole = '';
  for (const part of parts) whole += part;
  return whole;
}

function promptText(prompt: PromptView, preview: number): string {
  if (prompt.text.length <= preview) return fence(prompt.address, numberLines(prompt.text));
  return fence(
    prompt.address,
    `${prompt.text.length} characters, not shown here. Read it: <<READ(${prompt.address})::READ`,
  );
}

function system(name: string, header: string, content: string): SectionDraft {
  return { name, slot: 'system', header, content };
}

function list(lines: readonly string[]): string {
  return lines.map(line => `* ${line}`).join('\n');
}

function measure(section: SectionDraft, counter: TokenCounter): StoredSection {
  const body = section.contentTokens ?? counter.count(section.content);
  const { name, slot, header, content, parts } = section;
  const tokens = counter.count(headerText(header)) + body + JOIN_TOKENS;
  return parts === undefined ? { name, slot, header, content, tokens } : { name, slot, header, content, parts, tokens };
}

function total(sections: readonly StoredSection[]): number {
  return sections.reduce((sum, section) => sum + section.tokens, 0);
}

/** The gauge counts itself: it is rendered until its own weight no longer changes what it says. */
function withBudget(sections: readonly StoredSection[], ceiling: number, input: PacketInput): readonly StoredSection[] {
  const rest = total(sections);
  const index = sections.findIndex(section => section.slot === 'user');
  const at = index === -1 ? sections.length : index;
  let table: string | null = null;
  const draft = (usage: number): SectionDraft => {
    const text = budgetText(ceiling, usage, () => {
      table ??= weightTable(input.blocks);
      return table;
    });
    return system('budget', 'Plurnk Service Budget', text);
  };
  let budget = measure(draft(rest), input.counter);
  for (let round = 0; round < 4; round += 1) {
    const next = measure(draft(rest + budget.tokens), input.counter);
    const settled = next.tokens === budget.tokens;
    budget = next;
    if (settled) break;
  }
  return [...sections.slice(0, at), budget, ...sections.slice(at)];
}
