import { completeDeps, type Environment, type ProviderDeps, VENDORS } from '@plurnk/plurnk-providers';
import type { DiscoveredModel } from '@plurnk/protocol';

/** A local server either answers at once or is not there. */
const PATIENCE_MS = 1000;

/** Asks every local server on its default (or configured) address for its models; silence is no failure (UI-1). */
export async function discoverLocalModels(
  env: Environment,
  given: Partial<ProviderDeps>,
  signal: AbortSignal,
): Promise<DiscoveredModel[]> {
  const deps = completeDeps(given);
  const local = Object.entries(VENDORS).filter(([, vendor]) => vendor.local);
  const found = await Promise.all(
    local.map(async ([provider, vendor]) => {
      const configured = vendor.baseUrlVariables
        .map(name => env[name])
        .find(value => value !== undefined && value !== '');
      const url = configured ?? vendor.defaultBaseUrl;
      const names = url === null ? [] : await modelNames(url, deps.fetch, signal);
      return names.map(model => ({ provider, model, label: model, detail: vendor.label }));
    }),
  );
  return found.flat().map(each => ({
    ...each,
    alias: `${each.provider}/${each.model}`,
    contextSize: null,
    configured: false,
  }));
}

async function modelNames(baseUrl: string, fetch: ProviderDeps['fetch'], signal: AbortSignal): Promise<string[]> {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await fetch(`${baseUrl.replace(/\/$/, '')}/models`, { signal: patience });
    if (!answer.ok) return [];
    const { data } = (await answer.json()) as { data?: unknown };
    return Array.isArray(data) ? data.flatMap(nameOf) : [];
  } catch {
    return [];
  }
}

function nameOf(model: unknown): string[] {
  const id = typeof model === 'object' && model !== null ? (model as { id?: unknown }).id : undefined;
  return typeof id === 'string' && id !== '' ? [id] : [];
}
