import type { LogEntry } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { ModelService } from '../language-models/model-service.ts';
import type { ProposalService } from '../review/proposal-service.ts';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';
import { promptOf, sentMessage } from './prompt.ts';

export const PARTICIPANT_ID = 'plurnk.chat';

interface Parts {
  readonly server: PlurnkServer;
  readonly session: SessionService;
  readonly models: ModelService;
  readonly proposals: ProposalService;
}

/** `@plurnk` in the editor's own chat, over the same engine and the same session (UI-53). */
export function createParticipant(parts: Parts): vscode.Disposable {
  // Editors without a chat have no such API.
  if (!('chat' in vscode) || typeof vscode.chat?.createChatParticipant !== 'function')
    return new vscode.Disposable(() => undefined);
  const participant = vscode.chat.createChatParticipant(PARTICIPANT_ID, async (request, _context, stream, token) => {
    await answer(parts, request, stream, token);
  });
  participant.iconPath = new vscode.ThemeIcon('comment-discussion');
  return participant;
}

/** One prompt, from its loop's start to its end. */
export async function answer(
  { server, session, models, proposals }: Parts,
  request: Pick<vscode.ChatRequest, 'prompt' | 'references'>,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<void> {
  await session.open();
  const { prompt, openPaths } = promptOf(request);
  const { alias } = models;
  let loopId: number | null = null;
  const before: { loopId: number; ended: boolean }[] = [];
  let done: () => void = () => undefined;
  const ended = new Promise<void>(resolve => {
    done = resolve;
  });
  const listeners = [
    server.onNotification('log/entry', ({ entry }) => {
      if (entry.loop_id === loopId) show(entry, stream);
    }),
    proposals.onAdded(({ id, command, path }) => {
      stream.markdown(
        command ? vscode.l10n.t('Wants to run `{0}`.', command) : vscode.l10n.t('Proposes a change to `{0}`.', path),
      );
      const arguments_ = [id];
      stream.button(
        command
          ? { command: 'plurnk.openChat', title: vscode.l10n.t('Decide'), arguments: arguments_ }
          : { command: 'plurnk.openProposal', title: vscode.l10n.t('Review'), arguments: arguments_ },
      );
    }),
    server.onNotification('loop/terminated', payload => {
      before.push({ loopId: payload.loopId, ended: true });
      if (payload.loopId === loopId) done();
    }),
    server.onState(state => {
      if (state !== 'running') done();
    }),
    token.onCancellationRequested(() => void server.request('loop.cancel', {})),
  ];
  try {
    const started = await server.request('loop.run', { prompt, openPaths, ...(alias === null ? {} : { alias }) });
    if ('error' in started) {
      stream.markdown(started.error);
      return;
    }
    await session.adopt(started.modelRunId);
    loopId = started.loopId;
    if (before.some(each => each.loopId === loopId)) return;
    await ended;
  } finally {
    for (const listener of listeners) listener.dispose();
  }
}

function show(entry: LogEntry, stream: vscode.ChatResponseStream): void {
  if (entry.origin !== 'model' || entry.state === 'proposed') return;
  const message = sentMessage(entry);
  if (message !== null) stream.markdown(`${message}\n\n`);
  else if (entry.op !== 'SEND') stream.progress(`${entry.op} ${entry.pathname ?? ''}`.trim());
}
