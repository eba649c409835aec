import * as vscode from 'vscode';
import type { Services } from '../context.ts';
import { idOfArgument } from '../review/pending-tree.ts';
import { proposalIdOf } from '../review/proposal-uris.ts';
import type { CommandGroup } from './command.ts';

/** The proposal that a command is about: named by its argument, by the editor's address, or the active review. */
function proposalOf({ review, proposals }: Services, argument: unknown): number | null {
  const byArgument = argument instanceof vscode.Uri ? proposalIdOf(argument) : idOfArgument(argument);
  if (byArgument !== null) return byArgument;
  const active = review.activeId();
  if (active !== null) return active;
  const [only, ...others] = proposals.files;
  return only && others.length === 0 ? only.id : null;
}

/** The hunk of a lens, or the one at the cursor of the active review. */
async function hunkOf(services: Services, [id, hunk]: readonly unknown[]) {
  if (typeof id === 'number' && typeof hunk === 'number') return { id, hunk };
  const active = services.review.activeId();
  const at = active === null ? null : await services.hunks.atCursor(active);
  return active === null || at === null ? null : { id: active, hunk: at };
}

export const reviewCommands = {
  'plurnk.acceptProposal': async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.accept(id);
  },
  'plurnk.rejectProposal': async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.reject(id);
  },
  'plurnk.openProposal': async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.open(id);
  },
  'plurnk.nextProposal': ({ review }) => review.step(1),
  'plurnk.previousProposal': ({ review }) => review.step(-1),
  'plurnk.reviewAll': ({ review }) => review.openAll(),
  'plurnk.acceptAll': ({ review }) => review.resolveAll('accept'),
  'plurnk.rejectAll': ({ review }) => review.resolveAll('reject'),
  'plurnk.acceptHunk': async (services, ...args) => {
    const at = await hunkOf(services, args);
    if (!at) return;
    await services.hunks.accept(at.id, at.hunk);
    await services.hunks.toNext(at.id);
  },
  'plurnk.rejectHunk': async (services, ...args) => {
    const at = await hunkOf(services, args);
    if (!at) return;
    await services.hunks.reject(at.id, at.hunk);
    await services.hunks.toNext(at.id);
  },
  'plurnk.reopenHunk': async ({ hunks }, id, hunk) => {
    if (typeof id === 'number' && typeof hunk === 'number') await hunks.reopen(id, hunk);
  },
  'plurnk.showDiff': async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.showDiff(id);
  },
  'plurnk.openMerge': async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.merge(id);
  },
  'plurnk.undoChange': async ({ review, conversation }, id) => {
    if (typeof id === 'number' && (await review.undo(id))) conversation.markReverted(id);
  },
  'plurnk.undoFileChange': async ({ review, conversation }, argument) => {
    const active = vscode.window.activeTextEditor?.document.uri;
    const uri = argument instanceof vscode.Uri ? argument : active;
    const undone = uri?.scheme === 'file' ? await review.changes.choose(uri) : null;
    if (undone !== null) conversation.markReverted(undone);
  },
  'plurnk.allowedCommands': async ({ allowed }) => {
    const items = allowed.rules.map(({ pattern }) => ({ label: pattern }));
    const title = vscode.l10n.t('Always allowed in this workspace; choose one to take it back');
    const chosen = await vscode.window.showQuickPick(items, { title });
    if (chosen) await allowed.remove(chosen.label);
  },
} satisfies CommandGroup;
