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
  /** A settled op's line: the row of that log entry id, ended with a 2xx status. */
  succeeded(row: string): Locator;
  readonly footers: Locator;
  readonly cost: Locator;
  /** Types a prompt that was not there before and sends it; resolves when it stands in the conversation. */
  send(prompt: string): Promise<void>;
  /** Turns the wheel over the conversation until its first or last row is in view; rows out of view do not exist. */
  scrollTo(end: 'start' | 'end'): Promise<void>;
}

const CHAT_FRAME = 'iframe.webview[src*="extensionId=plurnk.plurnk"][src*="purpose=webviewView"]';
/** Any webview of ours: a view that was hidden comes back in a frame that does not name its purpose. */
export const ANY_FRAME = 'iframe.webview[src*="extensionId=plurnk.plurnk"]';

/** Opens the chat from the activity bar and waits for its input. A click on the icon of an open view would close it. */
export async function openChat(page: Page, frames: string = CHAT_FRAME): Promise<ChatDriver> {
  const item = page.locator('.activitybar .action-item:has(> .action-label[aria-label^="Plurnk"])').first();
  await item.waitFor({ timeout: 60_000 });
  const chat = chatDriver(page, frames);
  for (let attempt = 1; ; attempt += 1) {
    // While the window restores its layout the icon may not be marked yet; then the click closes, and the next opens.
    const open = (await item.getAttribute('class'))?.includes('checked');
    // The item, not its icon: a badge may cover that.
    if (!open) await item.click();
    try {
      await chat.input.waitFor({ timeout: 15_000 });
      return chat;
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
}

export function chatDriver(page: Page, frames: string = CHAT_FRAME): ChatDriver {
  const frame = page.frameLocator(frames).frameLocator('#active-frame');
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
    succeeded: row => frame.locator(`[data-row="${row}"][data-status^="2"]:not([data-status="202"])`),
    footers: frame.getByTestId('loop-footer'),
    cost: frame.getByTestId('cost').first(),
    async scrollTo(end) {
      await frame.getByTestId('conversation').hover();
      await page.mouse.wheel(0, end === 'start' ? -1e6 : 1e6);
    },
    async send(prompt) {
      await input.click();
      await input.fill(prompt);
      await frame.getByTestId('send').click();
      // Earlier prompts may be out of view, so that they cannot be counted.
      await userPrompts.filter({ hasText: prompt }).last().waitFor();
    },
  };
}
