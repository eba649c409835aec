import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startStory } from '../test/vscode/support/editor-story.ts';
import { firstStory, type VerifiedStep } from '../test/vscode/support/first-story.ts';
import { artifactsFolder } from './host/paths.ts';

/** `npm start -- --check`: the first story by itself. Prints one line with every step; returns the exit code. */
export async function runCheck(log: (line: string) => void): Promise<0 | 1> {
  await rm(join(artifactsFolder, 'check'), { recursive: true, force: true });
  const steps: VerifiedStep[] = [];
  const started = performance.now();
  const logFile = join(artifactsFolder, 'check/editor.log');
  const story = await startStory({ name: 'check', log, logFile });
  steps.push({ what: 'editor started', durationMs: Math.round(performance.now() - started) });
  try {
    await firstStory(story, step => steps.push(step));
    log(`check ok: ${sentence(steps)}; screenshots in ${join(artifactsFolder, 'check')}`);
    return 0;
  } catch (error) {
    await story.saveFailure();
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    log(`check FAILED after: ${sentence(steps)}; screenshots in ${join(artifactsFolder, 'check')}`);
    return 1;
  } finally {
    await story.end();
  }
}

function sentence(steps: readonly VerifiedStep[]): string {
  return steps.map(({ what, durationMs }) => `${what} (${(durationMs / 1000).toFixed(1)} s)`).join(', ');
}
