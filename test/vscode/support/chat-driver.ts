import type { FrameLocator, Locator, Page } from 'playwright-core';

/** The chat view of one window, by its test ids. Every member waits for what it needs; none sleeps. */
export interface ChatDriver {
  readonly frame: FrameLocator;
  readonly input: Locator;
  readonly userPrompts: Locator;
  readonly messages: Locator;
  /** Pending and settled proposals; `op` as in `EDIT`, `EXEC`. */
  proposals(op?: string): Locator;
  /** Proposals that still wait: those with an accept button. */
  pending(op?: string): Locator;
  readonly footers: Locator;
  readonly cost: Locator;
  /** Types the prompt and sends it; resolves when it stands in the conversation. */
  send(prompt: string): Promise<void>;
}

/** Opens the chat from the activity bar (a click that would close an open one is not made) and waits for its input. */
export async function openChat(page: Page): Promise<ChatDriver> {
  const item = page.locator('.activitybar .action-item:has(> .action-label[aria-label^="Plurnk"])');
  await item.first().waitFor({ timeout: 60_000 });
  const open = page.locator('.part.sidebar .composite.title h2', { hasText: /plurnk/i });
  if (!(await open.isVisible())) await item.first().locator('.action-label').click();
  const chat = chatDriver(page);
  await chat.input.waitFor({ timeout: 60_000 });
  return chat;
}

export function chatDriver(page: Page): ChatDriver {
  const frame = page
    .frameLocator('iframe.webview[src*="extensionId=plurnk.plurnk"][src*="purpose=webviewView"]')
    .frameLocator('#active-frame');
  const proposals = (op?: string) => frame.locator(`[data-testid=proposal-card]${op ? `[data-op="${op}"]` : ''}`);
  const userPrompts = frame.getByTestId('user-prompt');
  const input = frame.getByTestId('prompt-input');
  return {
    frame,
    input,
    userPrompts,
    messages: frame.getByTestId('message'),
    proposals,
    pending: op => proposals(op).filter({ has: frame.getByTestId('proposal-accept') }),
    footers: frame.getByTestId('loop-footer'),
    cost: frame.getByTestId('cost').first(),
    async send(prompt) {
      const before = await userPrompts.count();
      await input.click();
      await input.fill(prompt);
      await frame.getByTestId('send').click();
      await userPrompts.nth(before).waitFor();
    },
  };
}
