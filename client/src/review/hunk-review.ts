import * as vscode from 'vscode';
import { HunkRanges, type LineEdit, type Place } from './hunk-ranges.ts';
import type { PendingProposal } from './proposal.ts';

export type HunkState = 'open' | 'accepted' | 'rejected';

/** A hunk as the person sees it now. */
export interface ShownHunk extends Place {
  readonly hunk: number;
  readonly state: HunkState;
  /** The person changed its lines. */
  readonly edited: boolean;
}

/** What the person decided about one proposal's hunks, and where they are on the right side (UI-21). */
export class HunkReview {
  readonly #document: vscode.TextDocument;
  readonly #baseline: readonly string[];
  readonly #proposed: readonly string[];
  readonly #hunks: PendingProposal['hunks'];
  readonly #ranges: HunkRanges;
  readonly #accepted = new Set<number>();

  constructor(proposal: PendingProposal, document: vscode.TextDocument, baseline: string, proposed: string) {
    this.#document = document;
    this.#baseline = linesWithEnds(baseline);
    this.#proposed = linesWithEnds(proposed);
    this.#hunks = proposal.hunks;
    this.#ranges = new HunkRanges(proposal.hunks);
    // A document that came back with unsaved changes: they are one edit of the person.
    const edit = editBetween(proposed, document.getText());
    if (edit) this.#ranges.edit(edit);
  }

  get document(): vscode.TextDocument {
    return this.#document;
  }

  get hunks(): readonly ShownHunk[] {
    return this.#ranges.places.flatMap(place => (place.hunk === null ? [] : [this.#shown(place, place.hunk)]));
  }

  /** Every hunk that is left is decided. */
  get decided(): boolean {
    return this.hunks.every(({ state }) => state !== 'open');
  }

  /** Nothing but whole hunks was decided: their numbers say it all. */
  get plain(): boolean {
    return this.#ranges.places.every(({ hunk }) => hunk !== null) && this.hunks.every(({ edited }) => !edited);
  }

  changed(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    // From the end to the beginning: every change is told in lines before any of them.
    const last = [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset);
    for (const { range, text } of last) this.#ranges.edit(lineEdit(range, text));
  }

  accept(hunk: number): void {
    this.#accepted.add(hunk);
  }

  /** Takes the decision back; what was rejected is proposed again. */
  async reopen(hunk: number): Promise<void> {
    this.#accepted.delete(hunk);
    const place = this.#place(hunk);
    const [, , start, end] = this.#hunks[hunk] ?? [0, 0, 0, 0];
    if (place && this.#shown(place, hunk).state === 'rejected')
      await this.#put(place, this.#proposed.slice(start, end));
  }

  /** Its lines are the baseline's again. */
  async reject(hunk: number): Promise<void> {
    this.#accepted.delete(hunk);
    const place = this.#place(hunk);
    if (place) await this.#put(place, this.#baseline.slice(place.baseStart, place.baseEnd));
  }

  rangeOf(place: Place): vscode.Range {
    return this.#document.validateRange(new vscode.Range(place.start, 0, place.end, 0));
  }

  #place(hunk: number): Place | undefined {
    return this.#ranges.places.find(place => place.hunk === hunk);
  }

  #shown(place: Place, hunk: number): ShownHunk {
    const now = this.#textOf(place);
    const [, , start, end] = this.#hunks[hunk] ?? [0, 0, 0, 0];
    const rejected = now === this.#baseline.slice(place.baseStart, place.baseEnd).join('');
    const edited = !rejected && now !== this.#proposed.slice(start, end).join('');
    const state = rejected ? 'rejected' : this.#accepted.has(hunk) ? 'accepted' : 'open';
    return { ...place, hunk, state, edited };
  }

  #textOf(place: Place): string {
    const text = this.#document.getText(this.rangeOf(place));
    return this.#document.eol === vscode.EndOfLine.CRLF ? text.replaceAll('\r\n', '\n') : text;
  }

  async #put(place: Place, lines: readonly string[]): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(this.#document.uri, this.rangeOf(place), lines.join(''));
    await vscode.workspace.applyEdit(edit);
  }
}

function linesWithEnds(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function lineEdit({ start, end }: vscode.Range, text: string): LineEdit {
  return {
    startLine: start.line,
    startCharacter: start.character,
    endLine: end.line,
    endCharacter: end.character,
    text,
  };
}

/** The lines in which two texts differ, as one edit; null when they do not. */
function editBetween(before: string, after: string): LineEdit | null {
  if (before === after) return null;
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const most = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < most && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  const put = fresh.slice(head, fresh.length - tail).map(line => `${line}\n`);
  return { startLine: head, startCharacter: 0, endLine: old.length - tail, endCharacter: 0, text: put.join('') };
}
