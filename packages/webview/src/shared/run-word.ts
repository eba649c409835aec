import { t } from './l10n.ts';

/** How a run's newest loop stands, in a word (UI-13). */
export function runWord(status: number): string {
  if (status === 100 || status === 102) return t('running');
  if (status === 202) return t('waiting');
  if (status === 499) return t('cancelled');
  return status >= 400 ? t('failed') : t('done');
}
