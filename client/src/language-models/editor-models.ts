import type { EditorRequestResult } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';

/** Lends the editor's own language models to the server (UI-1). The editor asks the person for consent on first use. */
export function serveEditorModels(server: PlurnkServer): vscode.Disposable {
  return vscode.Disposable.from(
    server.onRequest('plurnk/lm.list', async () => ({
      models: (await vscode.lm.selectChatModels()).map(({ id, name, vendor, family, maxInputTokens }) => ({
        id,
        name,
        vendor,
        family,
        maxInputTokens,
      })),
    })),
    server.onRequest('plurnk/lm.generate', async ({ requestId, modelId, messages }, token) => {
      const [model] = await vscode.lm.selectChatModels({ id: modelId });
      if (!model)
        return { ok: false, code: 'NotFound', message: vscode.l10n.t('The editor has no model {0}.', modelId) };
      try {
        return await generate(server, requestId, model, messages, token);
      } catch (error) {
        return failure(error);
      }
    }),
  );
}

type Answer = EditorRequestResult<'plurnk/lm.generate'>;

async function generate(
  server: PlurnkServer,
  requestId: number,
  model: vscode.LanguageModelChat,
  messages: readonly { role: 'system' | 'user'; content: string }[],
  token: vscode.CancellationToken,
): Promise<Answer> {
  // The editor's API knows no system role: what would be one comes first, as the person's.
  const sent = messages.map(({ content }) => vscode.LanguageModelChatMessage.User(content));
  const justification = vscode.l10n.t('Plurnk works on your prompt with this model.');
  const response = await model.sendRequest(sent, { justification }, token);
  let text = '';
  for await (const part of response.text) {
    text += part;
    server.notify('plurnk/lm.part', { requestId, kind: 'text', text: part });
  }
  const count = async (counted: string): Promise<number | null> => {
    try {
      return await model.countTokens(counted, token);
    } catch {
      // The answer is complete: without a count its usage is unknown.
      return null;
    }
  };
  const prompt = sent.map(({ content }) => textOf(content)).join('\n');
  const [promptTokens, completionTokens] = await Promise.all([count(prompt), count(text)]);
  return { ok: true, model: model.name, promptTokens, completionTokens };
}

function textOf(content: readonly unknown[]): string {
  return content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

function failure(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof vscode.LanguageModelError) {
    const { code } = error;
    if (code === 'NoPermissions' || code === 'Blocked' || code === 'NotFound') return { ok: false, code, message };
  }
  return { ok: false, code: 'Unknown', message };
}
