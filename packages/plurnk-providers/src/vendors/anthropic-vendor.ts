import type { SdkVendor } from '../sdk/vendor.ts';

export const anthropicVendor: SdkVendor = {
  async load(alias, baseUrl) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return call => createAnthropic({ baseURL: baseUrl, apiKey: alias.apiKey ?? '', fetch: call.fetch })(alias.model);
  },
  cacheMark: () => ({ anthropic: { cacheControl: { type: 'ephemeral' } } }),
};
