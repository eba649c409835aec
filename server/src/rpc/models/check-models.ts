import { discover, isProviderError, type ModelAlias, VENDORS } from '@plurnk/plurnk-providers';
import type { MethodResult, ModelAliasInfo } from '@plurnk/protocol';
import type { ModelService } from './model-service.ts';

type Check = MethodResult<'doctor'>['checks'][number];

/** Which model is used, and of each whether it can be had. Nothing is generated, so nothing is spent (UI-55). */
export async function checkModels(models: ModelService, signal: AbortSignal): Promise<Check[]> {
  const rows = models.list();
  const checks = await Promise.all(rows.map(row => checkModel(row, models, signal)));
  const problems = models.config.problems.map((message): Check => ({ name: 'models', level: 'error', message }));
  return [whichIsUsed(rows), ...checks, ...problems];
}

function whichIsUsed(rows: readonly ModelAliasInfo[]): Check {
  const active = rows.find(row => row.active);
  if (active !== undefined) return { name: 'models', level: 'ok', message: `The model in use is ${active.alias}.` };
  const message = 'No model is configured; the demo model is there. Use "Plurnk: Add Model…".';
  return { name: 'models', level: 'warn', message };
}

async function checkModel(row: ModelAliasInfo, models: ModelService, signal: AbortSignal): Promise<Check> {
  const name = `model ${row.alias}`;
  const called = `${row.provider}/${row.model}`;
  try {
    const { contextSize } = await models.named(row.alias);
    const alias = models.config.aliases.find(each => each.alias === row.alias);
    const silent = alias === undefined ? null : await silence(alias, models, signal);
    if (silent !== null) return { name, level: 'warn', message: `${called}: ${silent}` };
    const window = contextSize === null ? 'its window is not known' : `window of ${contextSize} tokens`;
    return { name, level: 'ok', message: `${called}, ${window}` };
  } catch (error) {
    const message = isProviderError(error) ? error.message : 'It cannot be set up.';
    return { name, level: 'error', message: `${called}: ${message}` };
  }
}

/** A sentence when a server on this machine does not answer. Only the servers that can be asked without a prompt are. */
async function silence(alias: ModelAlias, models: ModelService, signal: AbortSignal): Promise<string | null> {
  const { provider } = alias;
  const { label, local, defaultBaseUrl } = VENDORS[provider];
  if (!local) return null;
  const url = alias.baseUrl ?? defaultBaseUrl ?? '';
  const found = await discover({ provider, baseUrls: { [provider]: url }, signal }, models.deps);
  if (found.length > 0) return null;
  const where = URL.canParse(url) ? new URL(url).host : 'its address';
  return `${label} does not answer at ${where}. Start it, or mend the address in plurnk.models.`;
}
