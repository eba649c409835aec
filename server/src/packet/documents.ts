import { join } from 'node:path';
import type { SectionDraft } from './section.ts';

/** Paths an operator set explicitly; null where the default applies (PKT-4). */
export interface DocumentSettings {
  /** `PLURNK_PACKET_INJECT` */
  readonly inject: string | null;
  /** `PLURNK_POLICY` */
  readonly policy: string | null;
  /** `PLURNK_PROJECT` */
  readonly project: string | null;
  /** `PLURNK_REQUIREMENTS` */
  readonly requirements: string | null;
}

export interface DocumentDeps {
  readonly settings: DocumentSettings;
  readonly home: string;
  /** A workspace the person trusts: only then its own policy counts (RL-17). */
  readonly trusted: () => boolean;
  /** Text of a file; null when there is none; throws when it cannot be read. */
  readonly readText: (path: string) => Promise<string | null>;
}

export interface PacketDocuments {
  /** Sections 4–6 that have content. */
  readonly sections: readonly SectionDraft[];
  /** The operator's own requirements, null for the built-in ones. */
  readonly requirements: string | null;
}

/** An explicitly configured file that cannot be read: fails the turn with its name. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

/** Read anew every turn. */
export async function readDocuments(deps: DocumentDeps, projectRoot: string | null): Promise<PacketDocuments> {
  const { settings } = deps;
  const [inject, policy, project, requirements] = await Promise.all([
    configured(deps, settings.inject, null),
    configured(deps, settings.policy, join(deps.home, '.plurnk', 'AGENTS.md')),
    deps.trusted()
      ? configured(deps, settings.project, projectRoot === null ? null : join(projectRoot, 'AGENTS.md'))
      : null,
    configured(deps, settings.requirements, null),
  ]);
  const sections = [
    section('inject', 'Plurnk Operator Notes', inject),
    section('system-policy', 'Plurnk Service Policy', policy),
    section('project-policy', 'Project Policy', project),
  ].filter(draft => draft.content !== '');
  return { sections, requirements };
}

async function configured(
  deps: DocumentDeps,
  explicit: string | null,
  byDefault: string | null,
): Promise<string | null> {
  if (explicit !== null) return readExplicit(deps, explicit);
  if (byDefault === null) return null;
  try {
    return await deps.readText(byDefault);
  } catch {
    return null;
  }
}

async function readExplicit(deps: DocumentDeps, path: string): Promise<string> {
  let text: string | null;
  try {
    text = await deps.readText(path);
  } catch (error) {
    throw new DocumentError(
      `${path} is configured but cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (text === null) throw new DocumentError(`${path} is configured but does not exist.`);
  return text;
}

function section(name: string, header: string, text: string | null): SectionDraft {
  return { name, slot: 'system', header, content: text?.trim() ?? '' };
}
