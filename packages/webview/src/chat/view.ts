import type { CHAT_FROM_VIEW, ChatFromView } from '@plurnk/protocol/webview';
import type { ChatState } from './chat-state.ts';

/** What a row's template needs from the app. */
export interface ChatView {
  readonly state: ChatState;
  send<Name extends keyof typeof CHAT_FROM_VIEW>(type: Name, payload: ChatFromView[Name]): void;
  isOpen(key: string): boolean;
  /** Folds or unfolds; for a row with `more` the whole body is asked for. */
  toggle(key: string, rowId: number | null): void;
  /** The command that the person is changing before running it; null when not editing. */
  editing(rowId: number): string | null;
  edit(rowId: number, text: string | null): void;
}
