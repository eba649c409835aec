import type { SdkVendor } from '../sdk/vendor.ts';

/** Azure's `v1` API: the base URL is `https://<resource>.openai.azure.com/openai`, the model is the deployment. */
export const azureVendor: SdkVendor = {
  async load(alias, baseUrl) {
    const { createAzure } = await import('@ai-sdk/azure');
    return call => createAzure({ baseURL: baseUrl, apiKey: alias.apiKey ?? '', fetch: call.fetch }).chat(alias.model);
  },
};
