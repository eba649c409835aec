import type { SdkVendor } from '../sdk/vendor.ts';

const THINKS = /gemini-(2\.5|[3-9])/;

/** Caches equal prefixes by itself. */
export const googleVendor: SdkVendor = {
  async load(alias, baseUrl) {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
    return call =>
      createGoogleGenerativeAI({ baseURL: baseUrl, apiKey: alias.apiKey ?? '', fetch: call.fetch })(alias.model);
  },
  options: (_request, alias): ReturnType<NonNullable<SdkVendor['options']>> =>
    THINKS.test(alias.model) ? { google: { thinkingConfig: { includeThoughts: true } } } : {},
};
