import type { LogEntry, OpRpcResult } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../../server/plurnk-server.ts';
import type { SessionService } from '../../session/session-service.ts';

export interface ToolParts {
  readonly server: PlurnkServer;
  readonly session: SessionService;
}

/** One language-model tool: a method of part 5 with the words that the editor shows while it runs. */
export interface PlurnkTool<Input extends object> {
  readonly name: `plurnk_${string}`;
  /** Shown while it runs. */
  message(input: Input): string;
  call(input: Input, parts: ToolParts, token: vscode.CancellationToken): Promise<string>;
}

const MOST_CHARS = 40_000;

export function registerTool<Input extends object>(tool: PlurnkTool<Input>, parts: ToolParts): vscode.Disposable {
  return vscode.lm.registerTool<Input>(tool.name, {
    prepareInvocation: ({ input }) => ({ invocationMessage: tool.message(input) }),
    invoke: async ({ input }, token) => {
      await parts.session.open();
      const text = (await tool.call(input, parts, token)).slice(0, MOST_CHARS);
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  });
}

/** What an op returned, as the model of the editor's chat reads it: status first, then every row's body. */
export function opText({ status, entries }: OpRpcResult): string {
  return [`status ${status}`, ...entries.map(bodyOf)].join('\n');
}

function bodyOf(entry: LogEntry): string {
  const body = typeof entry.rx === 'string' ? entry.rx : entry.rx === null ? '' : JSON.stringify(entry.rx);
  return entry.outcome ? `${entry.outcome}\n${body}` : body;
}
