import type { SdkVendor } from '../sdk/vendor.ts';
import type { ProviderName } from '../vendor-table.ts';
import { anthropicVendor } from './anthropic-vendor.ts';
import { azureVendor } from './azure-vendor.ts';
import { compatibleVendor } from './compatible-vendor.ts';
import { googleVendor } from './google-vendor.ts';
import { mistralVendor } from './mistral-vendor.ts';
import { openaiVendor } from './openai-vendor.ts';
import { openrouterVendor } from './openrouter-vendor.ts';
import { xaiVendor } from './xai-vendor.ts';

/** Every provider that is reached over HTTP. */
export const SDK_VENDORS = {
  ollama: compatibleVendor,
  llamacpp: compatibleVendor,
  lmstudio: compatibleVendor,
  vllm: compatibleVendor,
  openai: openaiVendor,
  anthropic: anthropicVendor,
  google: googleVendor,
  mistral: mistralVendor,
  xai: xaiVendor,
  openrouter: openrouterVendor,
  azure: azureVendor,
} satisfies Record<Exclude<ProviderName, 'lm' | 'scripted' | 'demo'>, SdkVendor>;
