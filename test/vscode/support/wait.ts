/** Asks again until the answer satisfies, at most `timeoutMs`; for states outside the page (files, processes). */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  satisfied: (answer: T) => boolean,
  what: string,
  timeoutMs = 15_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let answer = await ask();
  while (!satisfied(answer)) {
    if (performance.now() > end)
      throw new Error(`${what} did not happen within ${timeoutMs} ms; last: ${JSON.stringify(answer)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
    answer = await ask();
  }
  return answer;
}
