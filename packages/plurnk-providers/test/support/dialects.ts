import type { ProviderName } from '../../src/index.ts';

/** What a vendor's server says for one answer. */
export interface DialectAnswer {
  readonly text: readonly string[];
  readonly reasoning?: string;
}

/** How one vendor speaks on the wire. */
export interface Dialect {
  readonly provider: ProviderName;
  readonly model: string;
  /** Path of the base URL under the server's root. */
  readonly base: string;
  /** Events of a streamed answer, in order; the last ones carry the end and the usage. */
  events(answer: DialectAnswer): string[];
  json(answer: DialectAnswer): unknown;
  error(message: string): unknown;
  /** Header or query that carries the key. */
  readonly keyIn: (key: string) => { readonly header: string; readonly value: string };
  readonly usage: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly cachedTokens: number;
    readonly reasoningTokens: number | null;
  };
  readonly reasons: boolean;
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const bearer = (key: string): { header: string; value: string } => ({
  header: 'authorization',
  value: `Bearer ${key}`,
});

const OPENAI_USAGE = {
  prompt_tokens: 120,
  completion_tokens: 30,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 100 },
  completion_tokens_details: { reasoning_tokens: 7 },
};
const COUNTS = { promptTokens: 120, completionTokens: 30, cachedTokens: 100, reasoningTokens: 7 };

function openaiLike(provider: ProviderName, model: string, base: string, more: Partial<Dialect> = {}): Dialect {
  const chunk = (delta: unknown, finish: string | null = null): object => ({
    id: 'chat-1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const reasoningKey = provider === 'openrouter' ? 'reasoning' : 'reasoning_content';
  return {
    provider,
    model,
    base,
    events: answer => [
      ...(answer.reasoning === undefined ? [] : [data(chunk({ role: 'assistant', [reasoningKey]: answer.reasoning }))]),
      ...answer.text.map(text => data(chunk({ role: 'assistant', content: text }))),
      ...(provider === 'mistral'
        ? [data({ ...chunk({ content: '' }, 'stop'), usage: OPENAI_USAGE })]
        : [data(chunk({}, 'stop')), data({ ...chunk({}), choices: [], usage: OPENAI_USAGE })]),
      'data: [DONE]\n\n',
    ],
    json: answer => ({
      id: 'chat-1',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: answer.text.join(''),
            ...(answer.reasoning === undefined ? {} : { [reasoningKey]: answer.reasoning }),
          },
          finish_reason: 'stop',
        },
      ],
      usage: OPENAI_USAGE,
    }),
    error: message => ({ error: { message, type: 'error', code: null } }),
    keyIn: bearer,
    usage: COUNTS,
    reasons: true,
    ...more,
  };
}

const anthropic: Dialect = {
  provider: 'anthropic',
  model: 'claude-sonnet-4-5',
  base: '/v1',
  events: answer => {
    const event = (type: string, rest: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
    const usage = { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 10, output_tokens: 1 };
    const thinking = answer.reasoning;
    const index = thinking === undefined ? 0 : 1;
    return [
      event('message_start', {
        message: {
          id: 'msg-1',
          type: 'message',
          role: 'assistant',
          model: 'claude-sonnet-4-5',
          content: [],
          stop_reason: null,
          usage,
        },
      }),
      ...(thinking === undefined
        ? []
        : [
            event('content_block_start', {
              index: 0,
              content_block: { type: 'thinking', thinking: '', signature: '' },
            }),
            event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking } }),
            event('content_block_stop', { index: 0 }),
          ]),
      event('content_block_start', { index, content_block: { type: 'text', text: '' } }),
      event('ping', {}),
      ...answer.text.map(text => event('content_block_delta', { index, delta: { type: 'text_delta', text } })),
      event('content_block_stop', { index }),
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 30 } }),
      event('message_stop', {}),
    ];
  },
  json: answer => ({
    id: 'msg-1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [
      ...(answer.reasoning === undefined ? [] : [{ type: 'thinking', thinking: answer.reasoning, signature: 'x' }]),
      { type: 'text', text: answer.text.join('') },
    ],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 10, output_tokens: 30 },
  }),
  error: message => ({ type: 'error', error: { type: 'error', message } }),
  keyIn: key => ({ header: 'x-api-key', value: key }),
  usage: { ...COUNTS, reasoningTokens: null },
  reasons: true,
};

const google: Dialect = {
  provider: 'google',
  model: 'gemini-2.5-flash',
  base: '/v1beta',
  events: answer => {
    const usageMetadata = {
      promptTokenCount: 120,
      candidatesTokenCount: 23,
      totalTokenCount: 150,
      cachedContentTokenCount: 100,
      thoughtsTokenCount: 7,
    };
    const part = (parts: unknown[], finishReason?: string): string =>
      data({
        candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason ? { finishReason } : {}) }],
        usageMetadata,
      });
    return [
      ...(answer.reasoning === undefined ? [] : [part([{ text: answer.reasoning, thought: true }])]),
      ...answer.text.map(text => part([{ text }])),
      part([{ text: '' }], 'STOP'),
    ];
  },
  json: answer => ({
    candidates: [
      {
        index: 0,
        content: {
          role: 'model',
          parts: [
            ...(answer.reasoning === undefined ? [] : [{ text: answer.reasoning, thought: true }]),
            { text: answer.text.join('') },
          ],
        },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: {
      promptTokenCount: 120,
      candidatesTokenCount: 23,
      totalTokenCount: 150,
      cachedContentTokenCount: 100,
      thoughtsTokenCount: 7,
    },
  }),
  error: message => ({ error: { code: 400, message, status: 'ERROR' } }),
  keyIn: key => ({ header: 'x-goog-api-key', value: key }),
  usage: COUNTS,
  reasons: true,
};

/** Every vendor's way of speaking. */
export const DIALECTS: readonly Dialect[] = [
  openaiLike('openai', 'local-model', '/v1'),
  openaiLike('ollama', 'qwen3:8b', '/v1'),
  openaiLike('llamacpp', 'any', '/v1'),
  openaiLike('lmstudio', 'any', '/v1'),
  openaiLike('vllm', 'any', '/v1'),
  anthropic,
  google,
  openaiLike('mistral', 'mistral-small-2506', '/v1', { reasons: false, usage: { ...COUNTS, reasoningTokens: null } }),
  // xAI counts reasoning tokens apart from the completion tokens.
  openaiLike('xai', 'grok-3-mini', '/v1', { usage: { ...COUNTS, completionTokens: 37 } }),
  openaiLike('openrouter', 'anthropic/claude-sonnet-4.5', '/api/v1'),
  openaiLike('azure', 'my-deployment', '/openai', {
    reasons: false,
    keyIn: key => ({ header: 'api-key', value: key }),
  }),
];
