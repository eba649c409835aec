import type { SdkVendor } from '../sdk/vendor.ts';

export const mistralVendor: SdkVendor = {
  async load(alias, baseUrl) {
    const { createMistral } = await import('@ai-sdk/mistral');
    return call => createMistral({ baseURL: baseUrl, apiKey: alias.apiKey ?? '', fetch: call.fetch })(alias.model);
  },
};
