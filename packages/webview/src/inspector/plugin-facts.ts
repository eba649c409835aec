import { t } from '../shared/l10n.ts';

/** Which packet plugins changed the packet, and what kept the others out of it (RES-71). */
export function pluginFacts(value: unknown): readonly (readonly [string, string])[] {
  const { applied = [], failed = {} } = (value ?? {}) as {
    applied?: readonly string[];
    failed?: Record<string, string>;
  };
  const said = [...(applied.length > 0 ? [applied.join(', ')] : []), ...Object.values(failed)];
  return said.length > 0 ? [[t('Packet plugins'), said.join('\n')]] : [];
}
