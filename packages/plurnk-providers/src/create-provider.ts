import type { ModelAlias } from './alias.ts';
import { completeDeps } from './complete-deps.ts';
import type { ProviderDeps } from './deps.ts';
import { baseUrlOf, isOfficial, notConfigured } from './endpoint/base-url.ts';
import { tokenizerFor } from './knowledge/tokenizers.ts';
import { createDemoProvider } from './local/demo-provider.ts';
import { createLmProvider } from './local/lm-provider.ts';
import { createScriptedProvider } from './local/scripted-provider.ts';
import type { Provider } from './provider.ts';
import { SdkProvider } from './sdk/sdk-provider.ts';
import { VENDORS } from './vendor-table.ts';
import { SDK_VENDORS } from './vendors/sdk-vendors.ts';

/**
 * Makes the provider of an alias. Keep it as long as the alias is in use: a `scripted` one counts its emissions, the
 * others remember what they learned about their endpoint. Touches the network only to ask a local server or OpenRouter
 * for the context size (briefly; failure is silent). Rejects with `ProviderError` of kind `not_configured`.
 */
export async function createProvider(alias: ModelAlias, deps: Partial<ProviderDeps> = {}): Promise<Provider> {
  const complete = completeDeps(deps);
  switch (alias.provider) {
    case 'scripted':
      return createScriptedProvider(alias, complete);
    case 'demo':
      return createDemoProvider(alias, complete);
    case 'lm':
      return createLmProvider(alias, complete);
    default:
      return createSdkProvider({ ...alias, provider: alias.provider }, complete);
  }
}

type SdkAlias = ModelAlias & { readonly provider: keyof typeof SDK_VENDORS };

async function createSdkProvider(alias: SdkAlias, deps: ProviderDeps): Promise<Provider> {
  const baseUrl = baseUrlOf(alias);
  const mustHaveKey = VENDORS[alias.provider].needsKey || isOfficial(alias.provider, baseUrl);
  if (mustHaveKey && alias.apiKey === undefined) {
    throw notConfigured(
      alias,
      `${VENDORS[alias.provider].label} needs a key. Set one with "Plurnk: Add Model…" or in the environment.`,
    );
  }
  const tokenizer = await tokenizerFor(alias.model);
  const provider = new SdkProvider({ alias, baseUrl, vendor: SDK_VENDORS[alias.provider], deps, tokenizer });
  await provider.learn();
  return provider;
}
