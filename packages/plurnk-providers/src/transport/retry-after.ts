/** Milliseconds a vendor asks to wait: `retry-after-ms`, `retry-after` (seconds or a date), Google's RetryInfo. */
export function retryAfterMs(headers: Headers, body: string, nowMs: number): number | null {
  const precise = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(precise)) {
    return Math.max(0, precise);
  }
  const header = headers.get('retry-after');
  if (header !== null) {
    const seconds = Number(header);
    const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - nowMs;
    return Number.isFinite(wait) ? Math.max(0, wait) : null;
  }
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1];
  return delay === undefined ? null : Number(delay) * 1000;
}
