import type { RuntimeInfo, SchemeInfo } from '../../schemes/contract.ts';
import { DEFINITION } from './definition.ts';
import { requirements } from './requirements.ts';

/** Section 1. */
export function definitionText(): string {
  return DEFINITION;
}

/** Section 2: one example line per available runtime; none in ask mode, where EXEC is refused. */
export function toolsText(runtimes: readonly RuntimeInfo[], mode: 'ask' | 'act'): string {
  if (mode === 'ask') return '';
  return runtimes
    .filter(runtime => runtime.available)
    .map(runtime => runtime.example)
    .join('\n');
}

/** Section 3: one example line per scheme. */
export function schemesText(schemes: readonly SchemeInfo[]): string {
  return schemes
    .filter(scheme => scheme.example !== '')
    .map(scheme => scheme.example)
    .join('\n');
}

/** Section 14. `parent`: the run that started this one and reads its answer; null for a person. */
export function requirementsText(parent: string | null = null): string {
  return requirements(parent === null ? 'the user' : `run://${parent}, whose worker you are,`);
}
