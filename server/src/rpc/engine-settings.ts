import { readFileSync } from 'node:fs';
import type { Environment } from '@plurnk/plurnk-providers';
import { type JsonValue, type Policy, policySchema, type SettingValues } from '@plurnk/protocol';
import { DEFAULT_ENGINE_SETTINGS, type EngineSettings } from '../engine/contract.ts';

/** The engine's settings from the operator's. */
export function toEngineSettings(values: SettingValues, mdDocs: EngineSettings['mdDocs']): EngineSettings {
  return {
    ...DEFAULT_ENGINE_SETTINGS,
    maxTurns: values.maxTurns === 0 ? -1 : values.maxTurns,
    maxCommands: values.maxCommands,
    maxStrikes: values.maxStrikes,
    minCycles: values.minCycles,
    maxCyclePeriod: values.maxCyclePeriod,
    loopTimeoutMs: values.loopTimeout,
    proposalTimeoutMs: values.proposalTimeout,
    budgetCeiling: values.budgetCeiling,
    filesItems: values.filesItems,
    promptPreviewChars: values.promptPreviewChars,
    maxActiveRuns: values.sessionRunsMaxActive,
    execWaitMs: values.execWait,
    pluginTimeoutMs: values.pluginTimeout,
    mdDocs,
    policies: policiesFrom(values.policies),
  };
}

/** What is not a rule is left out: a rule that is misread must not accept anything. */
function policiesFrom(value: JsonValue): readonly Policy[] {
  return Array.isArray(value) ? value.flatMap(each => policySchema.safeParse(each).data ?? []) : [];
}

const MD_DOC = /^PLURNK_MD_(.+)$/;

/** Operator documents (`PLURNK_MD_<ALIAS>`), and sentences about those that cannot be read. */
export function readMdDocs(env: Environment): { docs: EngineSettings['mdDocs']; problems: readonly string[] } {
  const docs: { alias: string; content: string }[] = [];
  const problems: string[] = [];
  for (const [name, path] of Object.entries(env)) {
    const alias = MD_DOC.exec(name)?.[1];
    if (alias === undefined || path === undefined || path === '') continue;
    try {
      docs.push({ alias: alias.toLowerCase(), content: readFileSync(path, 'utf8') });
    } catch {
      problems.push(`${name} names ${path}, which cannot be read.`);
    }
  }
  return { docs, problems };
}
