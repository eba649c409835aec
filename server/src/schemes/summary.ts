/** Facts about texts that are shown beside them: tokens and lines. */
import { createHash } from 'node:crypto';
import type { Candidate } from '../content/contract.ts';
import { countLines } from '../content/lines.ts';
import type { ChannelRow, EntryStore } from '../store/contract.ts';
import type { ChannelSummary } from './scheme.ts';

export const contentKey = (text: string): string => createHash('sha256').update(text).digest('hex');

export const summaryOfChannel = ({ mimetype, tokens, lines }: ChannelRow): ChannelSummary => ({
  mimetype,
  tokens,
  lines,
});

export const summaryOfText = (text: string, mimetype: string, tokens: (text: string) => number): ChannelSummary => ({
  mimetype,
  tokens: tokens(text),
  lines: countLines(text),
});

export function candidateOfText(path: string, mimetype: string, text: string): Candidate {
  return { path, mimetype, key: contentKey(text), text: async () => text };
}

export function candidateOfChannel(path: string, entries: Pick<EntryStore, 'content'>, channel: ChannelRow): Candidate {
  return {
    path,
    mimetype: channel.mimetype,
    key: channel.contentHash,
    text: async () => entries.content(channel.entryId, channel.name) ?? '',
  };
}
