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
  acceptProposal: async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.accept(id);
  },
  rejectProposal: async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.reject(id);
  },
  openProposal: async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.open(id);
  },
  nextProposal: ({ review }) => review.step(1),
  previousProposal: ({ review }) => review.step(-1),
  reviewAll: ({ review }) => review.openAll(),
  acceptAll: ({ review }) => review.resolveAll('accept'),
  rejectAll: ({ review }) => review.resolveAll('reject'),
  acceptHunk: async ({ hunks }, id, key) => {
    if (typeof id === 'number' && typeof key === 'string') await hunks.accept(id, key);
  },
  rejectHunk: async ({ hunks }, id, key) => {
    if (typeof id === 'number' && typeof key === 'string') await hunks.reject(id, key);
  },
  openMerge: async (services, argument) => {
    const id = proposalOf(services, argument);
    if (id !== null) await services.review.merge(id);
  },
  undoChange: async ({ review, conversation }, id) => {
    if (typeof id === 'number' && (await review.undo(id))) conversation.markReverted(id);
  },
} satisfies CommandGroup;
