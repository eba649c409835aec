import type { SdkVendor } from '../sdk/vendor.ts';

/** Passes Anthropic's cache marks on, reports what an exchange cost. */
export const openrouterVendor: SdkVendor = {
  async load(alias, baseUrl) {
    const { createOpenRouter } = await import('@openrouter/ai-sdk-provider');
    return call =>
      createOpenRouter({
        baseURL: baseUrl,
        apiKey: alias.apiKey ?? '',
        compatibility: 'strict',
        headers: { 'X-Title': 'Plurnk' },
        fetch: call.fetch,
      }).chat(alias.model, { usage: { include: true } });
  },
  cacheMark: alias =>
    alias.model.startsWith('anthropic/') ? { openrouter: { cacheControl: { type: 'ephemeral' } } } : null,
};
