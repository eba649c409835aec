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

/** The editor's own models, local servers that answer, configured models, and last the demo model (UI-1). */
export const discoverModels: Handler<'models.discover'> = async ({ provider }, { models }, signal) => {
  if (provider !== undefined && !isProviderName(provider)) {
    throw invalid('provider', `is not known; known are ${models.providers().join(', ')}`);
  }
  const baseUrls = localAddresses(models.env);
  const options = provider === undefined ? { signal, baseUrls } : { signal, baseUrls, provider };
  const found = (await discover(options, models.deps)).map(toOffer);
  const configured = models
    .list()
    .filter(row => row.provider !== 'demo')
    .map(toDiscovered);
  const all = unique([...found, ...configured, DEMO]);
  return { models: provider === undefined ? all : all.filter(model => model.provider === provider) };
};

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
