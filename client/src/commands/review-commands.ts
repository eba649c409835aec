import * as vscode from 'vscode';
import type { Services } from '../context.ts';
import { idOfArgument } from '../review/pending-tree.ts';
import { proposalIdOf } from '../review/proposal-documents.ts';
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
  'plurnk.acceptHunk': async ({ hunks }, id, key) => {
    if (typeof id === 'number' && typeof key === 'string') await hunks.accept(id, key);
  },
  'plurnk.rejectHunk': async ({ hunks }, id, key) => {
    if (typeof id === 'number' && typeof key === 'string') await hunks.reject(id, key);
  },
  'plurnk.openMerge': async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.merge(id);
  },
  'plurnk.undoChange': async ({ review, conversation }, id) => {
    if (typeof id === 'number' && (await review.undo(id))) conversation.markReverted(id);
  },
  'plurnk.allowedCommands': async ({ allowed }) => {
    const items = allowed.rules.map(({ pattern }) => ({ label: pattern }));
    const title = vscode.l10n.t('Always allowed in this workspace; choose one to take it back');
    const chosen = await vscode.window.showQuickPick(items, { title });
    if (chosen) await allowed.remove(chosen.label);
  },
} satisfies CommandGroup;
