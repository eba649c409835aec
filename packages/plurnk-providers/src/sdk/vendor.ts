import type { LanguageModelV3, SharedV3ProviderOptions } from '@ai-sdk/provider';
import type { ModelAlias } from '../alias.ts';
import type { GenerateRequest } from '../provider.ts';

/** What one call may add to a vendor's model. */
export interface ModelCall {
  readonly fetch: typeof globalThis.fetch;
  /** Further fields of the request body, for endpoints that take more than the standard ones (`grammar`). */
  readonly extraBody: Readonly<Record<string, unknown>>;
}

/** Makes the AI SDK's model for one call. */
export type BuildModel = (call: ModelCall) => LanguageModelV3;

/** One vendor's way of speaking. One file each; its SDK package is loaded by `load`. */
export interface SdkVendor {
  /** Loads the vendor's SDK package. Called at the first exchange. */
  load(alias: ModelAlias, baseUrl: string): Promise<BuildModel>;
  /** Options of the whole call. */
  options?(request: GenerateRequest, alias: ModelAlias): SharedV3ProviderOptions;
  /** Options that mark the end of the stable prefix for the vendor's prompt cache (PKT-1); null: it caches by itself. */
  readonly cacheMark?: (alias: ModelAlias) => SharedV3ProviderOptions | null;
  /** Speaks to servers that may take a GBNF grammar. */
  readonly mayTakeGrammar?: boolean;
}
