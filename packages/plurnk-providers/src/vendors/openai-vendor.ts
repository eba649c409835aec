import { isOfficial } from '../endpoint/base-url.ts';
import type { SdkVendor } from '../sdk/vendor.ts';
import { compatibleVendor } from './compatible-vendor.ts';

/** OpenAI itself through its own package, every other endpoint of that name as a compatible one. */
export const openaiVendor: SdkVendor = {
  async load(alias, baseUrl) {
    if (!isOfficial('openai', baseUrl)) {
      return compatibleVendor.load(alias, baseUrl);
    }
    const { createOpenAI } = await import('@ai-sdk/openai');
    return call => createOpenAI({ baseURL: baseUrl, apiKey: alias.apiKey ?? '', fetch: call.fetch }).chat(alias.model);
  },
  mayTakeGrammar: true,
};
