import type { LanguageModelV3Message, LanguageModelV3Prompt, SharedV3ProviderOptions } from '@ai-sdk/provider';
import type { PacketMessage } from '../provider.ts';

/** The packet in the SDK's form, byte for byte; with a cache mark the stable prefix becomes a block of its own. */
export function toPrompt(
  messages: readonly PacketMessage[],
  cacheMark: SharedV3ProviderOptions | null,
): LanguageModelV3Prompt {
  return messages.flatMap(message =>
    message.role === 'system' ? systemBlocks(message, cacheMark) : [userMessage(message)],
  );
}

function systemBlocks(message: PacketMessage, cacheMark: SharedV3ProviderOptions | null): LanguageModelV3Message[] {
  const cut = message.stablePrefix ?? 0;
  if (cacheMark === null || cut <= 0) {
    return [{ role: 'system', content: message.content }];
  }
  const rest = message.content.slice(cut);
  return [
    { role: 'system', content: message.content.slice(0, cut), providerOptions: cacheMark },
    ...(rest === '' ? [] : [{ role: 'system' as const, content: rest }]),
  ];
}

function userMessage(message: PacketMessage): LanguageModelV3Message {
  return { role: 'user', content: [{ type: 'text', text: message.content }] };
}
