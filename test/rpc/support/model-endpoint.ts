export {
  type ModelServer,
  type SeenRequest,
  sendEvents,
  sendJson,
  startModelServer,
} from '../../../packages/plurnk-providers/test/support/model-server.ts';

const envelope = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'mock-1' };

/** A whole answer in the OpenAI wire format: as events. */
export function eventsOf(text: string, usage: object | null = null): string[] {
  const event = (value: object): string => `data: ${JSON.stringify({ ...envelope, ...value })}\n\n`;
  return [
    event({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] }),
    event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    ...(usage === null ? [] : [event({ choices: [], usage })]),
    'data: [DONE]\n\n',
  ];
}

/** The same as one document. */
export function documentOf(text: string, usage: object): object {
  const message = { role: 'assistant', content: text };
  return { ...envelope, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage };
}

export const lastTurn = (message: string): string => `<<PLAN:Answer.:PLAN\n<<SEND[200]:${message}:SEND`;
