import type { JsonObject, JsonValue, Proposal } from '@plurnk/protocol';
import type { ProposalView } from '@plurnk/protocol/webview';
import type { Hunk } from './hunk-ranges.ts';

const DIFF_PREVIEW_CHARS = 12_000;

export type ProposalKind = ProposalView['kind'];

/** One proposal on the editor's side: what the server sent, and what the person has done with it so far. */
export interface PendingProposal {
  readonly id: number;
  readonly sessionId: number;
  readonly runId: number;
  readonly kind: ProposalKind;
  /** Workspace-relative with forward slashes; for commands the working directory. */
  readonly path: string;
  readonly to: string | null;
  /** How often it was merged with what the file held: what was shown before is another text (UI-24). */
  readonly revision: number;
  /** Places of a merge that hold both sides until the person decides. */
  readonly conflicts: number;
  /** What the model read; null for a new file, without text, or too long to be sent (`ProposalService.text`). */
  readonly baseline: string | null;
  /** What would be written; null for a deletion, without text, or too long to be sent. */
  readonly proposed: string | null;
  /** The changes one by one, computed by the server (UI-21). */
  readonly hunks: readonly Hunk[];
  readonly diff: string;
  readonly added: number;
  readonly removed: number;
  readonly command: string | null;
  readonly runtime: string | null;
  readonly summary: ProposalView['summary'];
  /** The loop decides itself: nothing to review (ENG-64). */
  readonly automatic: boolean;
  readonly deciding: boolean;
  /** The file moved on: accepting would be refused. */
  readonly conflict: boolean;
}

/** What the server's notification says, in the editor's terms. */
export function pendingProposal(proposal: Proposal, root: string | null = null): PendingProposal {
  const { attrs } = proposal;
  const kind = kindOf(proposal);
  const path = relative(text(attrs, 'path') ?? proposal.target.pathname ?? '');
  return {
    id: proposal.logEntryId,
    sessionId: proposal.sessionId,
    runId: proposal.runId,
    kind,
    path: kind === 'exec' ? shortFolder(text(attrs, 'cwd') ?? '', root) : path,
    to: kind === 'move' ? relative(text(attrs, 'to') ?? '') : null,
    revision: count(attrs.revision),
    conflicts: count(attrs.conflicts),
    baseline: text(attrs, 'baseline'),
    proposed: text(attrs, 'proposed'),
    hunks: kind === 'exec' ? [] : hunksOf(attrs.hunks),
    diff: kind === 'exec' ? '' : proposal.body,
    added: count(attrs.added),
    removed: count(attrs.removed),
    command: kind === 'exec' ? (text(attrs, 'command') ?? proposal.body) : null,
    runtime: text(attrs, 'runtime'),
    summary: kind === 'exec' ? null : summaryOf(attrs),
    automatic: proposal.flags.yolo || proposal.flags.noProposals,
    deciding: false,
    conflict: false,
  };
}

/** The file moved on, or a merge with it is not decided yet (UI-24). */
export function isMoved({ conflict, conflicts }: PendingProposal): boolean {
  return conflict || conflicts > 0;
}

/** The card of the chat (UI-12). */
export function proposalCardView(proposal: PendingProposal): ProposalView {
  return {
    kind: proposal.kind,
    path: proposal.path,
    to: proposal.to,
    added: proposal.added,
    removed: proposal.removed,
    command: proposal.command,
    runtime: proposal.runtime,
    summary: proposal.summary,
    diff: proposal.diff.slice(0, DIFF_PREVIEW_CHARS),
    conflict: isMoved(proposal),
    allowPattern: proposal.command === null ? null : allowPattern(proposal.command),
    deciding: proposal.deciding,
    automatic: proposal.automatic,
    by: null,
    revertable: false,
    reverted: false,
  };
}

/** Lines with these do more than they show: no rule ever allows them (ENG-66), so none is offered. */
const NEVER_ALWAYS = /[*`<>&|;\n\r]|\$[({]/;

/** The rule that "always allow" writes: exactly this command line; null where no rule could hold. */
export function allowPattern(command: string): string | null {
  const line = command.trim();
  return line === '' || line.length > 200 || NEVER_ALWAYS.test(line) ? null : line;
}

function kindOf(proposal: Proposal): ProposalKind {
  const { kind } = proposal.attrs;
  if (kind === 'edit' || kind === 'create' || kind === 'delete' || kind === 'move' || kind === 'exec') return kind;
  return proposal.op === 'EXEC' ? 'exec' : 'edit';
}

function summaryOf({ summary }: JsonObject): ProposalView['summary'] {
  return summary === 'binary' || summary === 'huge' || summary === 'generated' ? summary : null;
}

function hunksOf(value: JsonValue | undefined): Hunk[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap(each => {
    const [baseStart, baseEnd, start, end] = Array.isArray(each) ? each.map(Number) : [];
    const whole = baseStart !== undefined && baseEnd !== undefined && start !== undefined && end !== undefined;
    return whole ? [[baseStart, baseEnd, start, end] as const] : [];
  });
}

function text(attrs: JsonObject, name: string): string | null {
  const value = attrs[name];
  return typeof value === 'string' ? value : null;
}

function count(value: JsonValue | undefined): number {
  return typeof value === 'number' ? Math.max(0, Math.round(value)) : 0;
}

/** A working directory as a person reads it: relative to the workspace where it is inside. */
function shortFolder(cwd: string, root: string | null): string {
  if (cwd === '' || cwd === '.' || cwd === root) return './';
  return root !== null && cwd.startsWith(`${root}/`) ? `./${cwd.slice(root.length + 1)}` : cwd;
}

function relative(pathname: string): string {
  const path = pathname.replace(/^\/+/, '').replace(/^\.\//, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
