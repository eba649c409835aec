import { t } from './l10n.ts';

/** Tokens as a person reads them: `950`, `12.4 k`, `1.2 M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 1_000) return String(tokens);
  if (tokens < 1_000_000) return `${trim(tokens / 1_000)} k`;
  return `${trim(tokens / 1_000_000)} M`;
}

/** Pico-dollars as dollars: `$0.031`; the unknown price is said, never guessed (PKT-21). */
export function formatCost(costPico: number | null): string {
  if (costPico === null) return t('price unknown');
  const dollars = costPico / 1e12;
  if (dollars === 0) return '$0';
  if (dollars < 0.001) return '< $0.001';
  return `$${dollars.toFixed(dollars < 1 ? 3 : 2)}`;
}

/** Milliseconds as `40 ms`, `3.2 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trim(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A size in bytes or characters as `12 kB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${trim(bytes / 1_000)} kB`;
  return `${trim(bytes / 1_000_000)} MB`;
}

function trim(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
}
