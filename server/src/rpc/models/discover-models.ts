import { VENDORS } from '@plurnk/plurnk-providers';
import type { DiscoveredModel } from '@plurnk/protocol';
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
export const discoverModels: Handler<'models.discover'> = async ({ provider }, services, signal) => {
  const [editor, local] = await Promise.all([editorModels(services, signal), services.models.discoverLocal(signal)]);
  const configured = services.models.list().map(toDiscovered);
  const models = unique([...editor, ...local, ...configured.filter(({ provider: name }) => name !== 'demo'), DEMO]);
  return { models: provider === undefined ? models : models.filter(model => model.provider === provider) };
};

async function editorModels(services: RpcServices, signal: AbortSignal): Promise<DiscoveredModel[]> {
  const bridge = services.models.deps.clientModels;
  if (bridge === null || bridge === undefined) return [];
  // An editor without models is no reason to hide the others.
  const found = await bridge.list(signal).catch(() => []);
  return found.map(({ id, name, vendor, maxInputTokens }) => ({
    provider: 'lm',
    model: id,
    alias: `lm/${id}`,
    label: name,
    detail: vendor,
    contextSize: maxInputTokens,
    configured: false,
  }));
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
