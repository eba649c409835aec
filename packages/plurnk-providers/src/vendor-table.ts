/** What is known about a provider before any of its code is loaded. */
export interface VendorInfo {
  /** As the picker shows it. */
  readonly label: string;
  /** Where it is if nothing is configured; null: must be configured, or nothing to connect to. */
  readonly defaultBaseUrl: string | null;
  /** Environment variables of the vendor's own, first one that is set wins. */
  readonly baseUrlVariables: readonly string[];
  readonly keyVariables: readonly string[];
  /** Whether a call without a key makes sense. */
  readonly needsKey: boolean;
  /** Runs on this machine and is looked for by `discover`. */
  readonly local: boolean;
}

/** Every provider name, in the order of the picker. */
export const VENDORS = {
  lm: vendor("The editor's own models", null, {}),
  ollama: vendor('Ollama', 'http://127.0.0.1:11434/v1', { baseUrlVariables: ['OLLAMA_BASE_URL'], local: true }),
  llamacpp: vendor('llama.cpp', 'http://127.0.0.1:8080/v1', { baseUrlVariables: ['LLAMACPP_BASE_URL'], local: true }),
  lmstudio: vendor('LM Studio', 'http://127.0.0.1:1234/v1', { baseUrlVariables: ['LMSTUDIO_BASE_URL'], local: true }),
  vllm: vendor('vLLM', 'http://127.0.0.1:8000/v1', {
    baseUrlVariables: ['VLLM_BASE_URL'],
    keyVariables: ['VLLM_API_KEY'],
    local: true,
  }),
  openai: vendor('OpenAI or compatible', 'https://api.openai.com/v1', {
    baseUrlVariables: ['OPENAI_BASE_URL'],
    keyVariables: ['OPENAI_API_KEY'],
  }),
  anthropic: vendor('Anthropic', 'https://api.anthropic.com/v1', {
    baseUrlVariables: ['ANTHROPIC_BASE_URL'],
    keyVariables: ['ANTHROPIC_API_KEY'],
    needsKey: true,
  }),
  google: vendor('Google Gemini', 'https://generativelanguage.googleapis.com/v1beta', {
    baseUrlVariables: ['GOOGLE_BASE_URL'],
    keyVariables: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY'],
    needsKey: true,
  }),
  mistral: vendor('Mistral', 'https://api.mistral.ai/v1', {
    baseUrlVariables: ['MISTRAL_BASE_URL'],
    keyVariables: ['MISTRAL_API_KEY'],
    needsKey: true,
  }),
  xai: vendor('xAI', 'https://api.x.ai/v1', {
    baseUrlVariables: ['XAI_BASE_URL'],
    keyVariables: ['XAI_API_KEY'],
    needsKey: true,
  }),
  openrouter: vendor('OpenRouter', 'https://openrouter.ai/api/v1', {
    baseUrlVariables: ['OPENROUTER_BASE_URL'],
    keyVariables: ['OPENROUTER_API_KEY'],
    needsKey: true,
  }),
  azure: vendor('Azure OpenAI', null, {
    baseUrlVariables: ['AZURE_OPENAI_BASE_URL'],
    keyVariables: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
    needsKey: true,
  }),
  scripted: vendor('Script', null, {}),
  demo: vendor('Demonstration (built in, offline, scripted)', null, {}),
} satisfies Record<string, VendorInfo>;

export type ProviderName = keyof typeof VENDORS;

export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(VENDORS, name);
}

function vendor(label: string, defaultBaseUrl: string | null, rest: Partial<VendorInfo>): VendorInfo {
  return { label, defaultBaseUrl, baseUrlVariables: [], keyVariables: [], needsKey: false, local: false, ...rest };
}
