export * from './chat-messages.ts';
export * from './inspector-messages.ts';
export * from './message.ts';
export * from './row-view.ts';
