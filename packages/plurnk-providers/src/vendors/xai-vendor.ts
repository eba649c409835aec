import type { SdkVendor } from '../sdk/vendor.ts';

export const xaiVendor: SdkVendor = {
  async load(alias, baseUrl) {
    const { createXai } = await import('@ai-sdk/xai');
    return call => createXai({ baseURL: baseUrl, apiKey: alias.apiKey ?? '', fetch: call.fetch }).chat(alias.model);
  },
};
