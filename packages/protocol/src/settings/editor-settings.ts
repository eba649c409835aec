import { setting } from './setting.ts';

/** Settings that only the editor has. */
export const editorSettings = {
  notifyProposals: setting({
    env: null,
    key: 'notifyProposals',
    kind: 'boolean',
    default: true,
    rule: 'default',
    description:
      'Notify when a change or a command waits for a decision while the chat is not visible or the window is not in front.',
  }),
  notifyLoopEnd: setting({
    env: null,
    key: 'notifyLoopEnd',
    kind: 'boolean',
    default: true,
    rule: 'default',
    description:
      'Notify when a prompt that took longer than 30 s is done while the chat is not visible or the window is not in front.',
  }),
} as const;
