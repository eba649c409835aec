import { discover, isProviderName, VENDORS } from '@plurnk/plurnk-providers';
import type { DiscoveredModel } from '@plurnk/protocol';
import { invalid } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';

const DEMO: DiscoveredModel = {
  provider: 'demo',
  model: 'demo',
  alias: 'demo',
  label: 'Demo model',
  detail: VENDORS.demo.label,
  contextSize: null,
  configured: false,
};

/** The editor's own models, local servers that answer, models of plugins, configured models, and last the demo model (UI-1). */
export const discoverModels: Handler<'models.discover'> = async ({ provider }, { models }, signal) => {
  if (provider !== undefined && !models.providers().includes(provider)) {
    throw invalid('provider', `is not known; known are ${models.providers().join(', ')}`);
  }
  const found = [...(await answering(provider, models, signal)), ...models.offersOfPlugins()];
  const configured = models
    .list()
    .filter(row => row.provider !== 'demo')
    .map(toDiscovered);
  const all = unique([...found, ...configured, DEMO]);
  return { models: provider === undefined ? all : all.filter(model => model.provider === provider) };
};

/** The editor's own models and local servers that answer; nobody is asked for the models of a plugin. */
async function answering(
  provider: string | undefined,
  models: RpcServices['models'],
  signal: AbortSignal,
): Promise<DiscoveredModel[]> {
  if (provider !== undefined && !isProviderName(provider)) return [];
  const baseUrls = localAddresses(models.env);
  const options = provider === undefined ? { signal, baseUrls } : { signal, baseUrls, provider };
  return (await discover(options, models.deps)).map(toOffer);
}

/** Where the operator says that local servers are. */
function localAddresses(env: RpcServices['models']['env']): Record<string, string> {
  const local = Object.entries(VENDORS).filter(([, vendor]) => vendor.local);
  return Object.fromEntries(
    local.flatMap(([name, vendor]) => {
      const url = vendor.baseUrlVariables.map(variable => env[variable]).find(value => (value ?? '') !== '');
      return url === undefined ? [] : [[name, url]];
    }),
  );
}

/** Found, not configured: `<provider>/<model>` is a name that `loop.run` takes. */
function toOffer({
  provider,
  model,
  label,
  contextSize,
}: Awaited<ReturnType<typeof discover>>[number]): DiscoveredModel {
  const detail = VENDORS[provider].label;
  return { provider, model, alias: `${provider}/${model}`, label, detail, contextSize, configured: false };
}

function toDiscovered(row: ReturnType<RpcServices['models']['list']>[number]): DiscoveredModel {
  return {
    provider: row.provider,
    model: row.model,
    alias: row.alias,
    label: row.alias,
    detail: `${row.provider}/${row.model}`,
    contextSize: row.contextSize,
    configured: true,
  };
}

/** What is configured wins over what was merely found: same provider and model once. */
function unique(models: readonly DiscoveredModel[]): DiscoveredModel[] {
  const configured = new Set(models.filter(each => each.configured).map(each => `${each.provider}/${each.model}`));
  return models.filter(each => each.configured || !configured.has(`${each.provider}/${each.model}`));
}
