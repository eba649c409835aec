import type { ModelAlias } from './alias.ts';
import { completeDeps } from './complete-deps.ts';
import type { ProviderDeps } from './deps.ts';
import { createDemoProvider } from './local/demo-provider.ts';
import { createScriptedProvider } from './local/scripted-provider.ts';
import type { Provider } from './provider.ts';
import { ProviderError } from './provider-error.ts';
import type { ProviderName } from './vendor-table.ts';

type ProviderFactory = (alias: ModelAlias, deps: ProviderDeps) => Provider | Promise<Provider>;

/** One factory per provider; a vendor's code is loaded when it is first used. */
const FACTORIES: Partial<Record<ProviderName, ProviderFactory>> = {
  scripted: createScriptedProvider,
  demo: createDemoProvider,
};

/**
 * Makes the provider of an alias. Keep it as long as the alias is in use: a `scripted` one counts its emissions, the
 * others remember what they learned about their endpoint. Touches the network only to ask a local server for its
 * context size (briefly, failure is silent). Rejects with `ProviderError` of kind `not_configured`.
 */
export async function createProvider(alias: ModelAlias, deps: Partial<ProviderDeps> = {}): Promise<Provider> {
  const factory = FACTORIES[alias.provider];
  if (factory === undefined) {
    throw new ProviderError({
      kind: 'not_configured',
      message: `There is no provider named "${alias.provider}".`,
      provider: alias.provider,
      model: alias.model,
    });
  }
  return factory(alias, completeDeps(deps));
}
