import type { ModelChoice } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import type { Services } from '../context.ts';
import type { CommandGroup } from './command.ts';

interface ProviderItem extends vscode.QuickPickItem {
  readonly provider: string;
  readonly endpoint: string | null;
  readonly needsKey: boolean;
}

function providers(): ProviderItem[] {
  const cloud = (label: string, provider: string) => ({ label, provider, endpoint: null, needsKey: true });
  return [
    cloud('OpenAI', 'openai'),
    cloud('Anthropic', 'anthropic'),
    cloud('Google', 'google'),
    cloud('OpenRouter', 'openrouter'),
    cloud('Mistral', 'mistral'),
    cloud('xAI', 'xai'),
    { ...cloud('Azure OpenAI', 'azure'), endpoint: 'https://' },
    { label: 'Ollama', provider: 'ollama', endpoint: 'http://127.0.0.1:11434/v1', needsKey: false },
    { label: 'llama.cpp', provider: 'llamacpp', endpoint: 'http://127.0.0.1:8080/v1', needsKey: false },
    { label: 'LM Studio', provider: 'lmstudio', endpoint: 'http://127.0.0.1:1234/v1', needsKey: false },
    { label: 'vLLM', provider: 'vllm', endpoint: 'http://127.0.0.1:8000/v1', needsKey: false },
    {
      label: vscode.l10n.t('Other OpenAI-compatible endpoint'),
      provider: 'openai',
      endpoint: 'http://127.0.0.1:8000/v1',
      needsKey: true,
    },
  ];
}

/** Provider, model, endpoint, key (UI-3). The key goes to the secret storage and nowhere else. */
async function addModel({ editorState, models, server }: Services): Promise<void> {
  const title = vscode.l10n.t('Add Model');
  const provider = await vscode.window.showQuickPick(providers(), { title, placeHolder: vscode.l10n.t('Provider') });
  if (!provider) return;
  const model = await ask(title, vscode.l10n.t('Model, as the provider names it'), '');
  if (!model) return;
  const baseUrl =
    provider.endpoint === null ? null : await ask(title, vscode.l10n.t('Endpoint'), provider.endpoint, checkUrl);
  if (baseUrl === undefined) return;
  const alias = await ask(title, vscode.l10n.t('Short name for it'), shortName(model), checkAlias);
  if (!alias) return;
  const key = provider.needsKey ? await askKey(title, baseUrl !== null) : '';
  if (key === undefined) return;
  const configuration = vscode.workspace.getConfiguration('plurnk');
  const before = (configuration.inspect<{ alias: string }[]>('models')?.globalValue ?? []).filter(
    each => each.alias !== alias,
  );
  const item = { alias, provider: provider.provider, model, ...(baseUrl ? { baseUrl } : {}) };
  if (key !== '') await editorState.setKey(alias, key);
  await configuration.update('models', [...before, item], vscode.ConfigurationTarget.Global);
  server.notify('plurnk/editor.changed', editorState.current());
  await models.refresh();
  await models.select(alias);
  await testModel(server, alias);
}

async function ask(title: string, prompt: string, value: string, validateInput?: (value: string) => string | null) {
  const answer = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    ignoreFocusOut: true,
    ...(validateInput ? { validateInput } : {}),
  });
  return answer?.trim();
}

async function askKey(title: string, optional: boolean): Promise<string | undefined> {
  const prompt = optional ? vscode.l10n.t('Key; leave empty if the endpoint needs none') : vscode.l10n.t('Key');
  return (await vscode.window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true }))?.trim();
}

function checkUrl(value: string): string | null {
  return /^https?:\/\/[^\s/]+/.test(value.trim())
    ? null
    : vscode.l10n.t('An address that begins with http:// or https://');
}

function checkAlias(value: string): string | null {
  return /^[a-z][a-z0-9_-]*$/i.test(value.trim()) ? null : vscode.l10n.t('Letters, digits, - and _; a letter first');
}

function shortName(model: string): string {
  const name = (model.split('/').at(-1) ?? model)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '');
  return name || 'model';
}

async function testModel(server: Services['server'], alias: string): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Asking {0}…', alias),
    cancellable: true,
  };
  const result = await vscode.window.withProgress(options, (_progress, token) =>
    server.request('models.test', { alias }, token),
  );
  if (result.ok)
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} answered in {1} ms.', alias, Math.round(result.ms)));
  else void vscode.window.showWarningMessage(vscode.l10n.t('{0} did not answer: {1}', alias, result.error ?? ''));
}

const GROUPS: readonly ModelChoice['group'][] = ['editor', 'local', 'configured', 'demo'];

async function selectModel({ models }: Services): Promise<void> {
  await models.discover();
  const words: Record<ModelChoice['group'], string> = {
    editor: vscode.l10n.t('Models of the editor'),
    local: vscode.l10n.t('On this machine'),
    configured: vscode.l10n.t('Configured'),
    demo: vscode.l10n.t('Without a model'),
  };
  const items = GROUPS.flatMap(group => {
    const own = models.choices.filter(choice => choice.group === group);
    if (own.length === 0) return [];
    const separator = { label: words[group], kind: vscode.QuickPickItemKind.Separator, alias: '' };
    return [
      separator,
      ...own.map(({ alias, label, detail }) => ({ label, description: detail, alias, picked: alias === models.alias })),
    ];
  });
  const add = { label: `$(add) ${vscode.l10n.t('Add Model…')}`, alias: '+' };
  const chosen = await vscode.window.showQuickPick([...items, add], { title: vscode.l10n.t('Model') });
  if (chosen?.alias === '+') await vscode.commands.executeCommand('plurnk.addModel');
  else if (chosen?.alias) await models.select(chosen.alias);
}

/** A new key for a model that is there; without a name, for one that the person picks. */
async function enterKey({ editorState, models, server }: Services, given?: unknown): Promise<void> {
  const configured = models.choices.filter(({ group }) => group === 'configured' || group === 'local');
  const shown = configured.find(({ alias }) => alias === models.alias)?.alias;
  const title = vscode.l10n.t('Enter Key');
  const alias =
    typeof given === 'string'
      ? given
      : (shown ??
        (await vscode.window.showQuickPick(
          configured.map(each => each.alias),
          { title },
        )));
  if (!alias) return;
  const prompt = vscode.l10n.t('Key for {0}', alias);
  const key = (await vscode.window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true }))?.trim();
  if (!key) return;
  await editorState.setKey(alias, key);
  server.notify('plurnk/editor.changed', editorState.current());
  await testModel(server, alias);
}

async function removeKey({ editorState }: Services): Promise<void> {
  const alias = await vscode.window.showQuickPick([...editorState.keyed()], {
    title: vscode.l10n.t('Remove the key of'),
  });
  if (alias) await editorState.setKey(alias, '');
}

const MARKS = { ok: '✓', warn: '!', error: '✗' } as const;

/** Checks models, git, runtimes, database; a report without secrets (UI-55). */
async function doctor({ server, context }: Services): Promise<void> {
  const lines = [
    `# Plurnk ${vscode.l10n.t('Doctor')}`,
    '',
    `- Plurnk ${String(context.extension.packageJSON.version)}, ${vscode.env.appName} ${vscode.version}, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
    `- ${vscode.l10n.t('Server: {0}', server.state)}`,
    `- ${vscode.workspace.isTrusted ? vscode.l10n.t('The workspace is trusted.') : vscode.l10n.t('The workspace is not trusted: changes and commands are off.')}`,
    '',
  ];
  try {
    const { checks } = await server.request('doctor', {});
    lines.push(...checks.map(({ name, level, message }) => `- ${MARKS[level]} **${name}** ${message}`));
  } catch (error) {
    lines.push(`- ✗ ${error instanceof Error ? error.message : String(error)}`);
  }
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: `${lines.join('\n')}\n` });
  await vscode.window.showTextDocument(document, { preview: true });
}

export const modelCommands = {
  'plurnk.addModel': addModel,
  'plurnk.selectModel': selectModel,
  'plurnk.enterKey': enterKey,
  'plurnk.removeKey': removeKey,
  'plurnk.doctor': doctor,
  'plurnk.restartServer': ({ server }) => server.restart(),
  'plurnk.showLog': ({ log }) => log.show(),
} satisfies CommandGroup;
