import type { SdkVendor } from '../sdk/vendor.ts';

/** Any endpoint that speaks OpenAI's chat completions: llama.cpp, Ollama, LM Studio, vLLM, proxies. */
export const compatibleVendor: SdkVendor = {
  async load(alias, baseUrl) {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return call =>
      createOpenAICompatible({
        name: alias.provider,
        baseURL: baseUrl,
        includeUsage: true,
        fetch: call.fetch,
        transformRequestBody: body => ({ ...body, ...call.extraBody }),
        ...(alias.apiKey === undefined ? {} : { apiKey: alias.apiKey }),
      }).chatModel(alias.model);
  },
  mayTakeGrammar: true,
};
