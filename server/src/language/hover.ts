import type { Hover } from 'vscode-languageserver';
import { markdownHelp, SEND_STATUSES } from './op-help.ts';
import type { ScriptDocument } from './script-document.ts';
import type { LanguageSources } from './sources.ts';

/** The op's rules on its tags, the meaning of a status, the scheme of a target (UI-41). */
export function hoverAt(script: ScriptDocument, offset: number, sources: LanguageSources): Hover | null {
  const at = script.statementAt(offset);
  if (!at) return null;
  const { open, close, slots, op } = at.parts;
  for (const tag of [open, close]) {
    if (tag && offset >= tag.start && offset <= tag.end) return hover(script, tag, markdownHelp(op));
  }
  const slot = slots.find(one => offset >= one.start && offset <= one.end);
  if (!slot) return null;
  if (slot.kind === 'signal' && op === 'SEND') {
    const status = script.slice(slot).replace(/\D/g, '');
    const meaning = SEND_STATUSES.find(([one]) => one === status)?.[1];
    return meaning ? hover(script, slot, `\`${status}\` · ${meaning}`) : null;
  }
  if (slot.kind === 'signal' && op === 'EXEC') return runtimeHover(script, slot, sources);
  return slot.kind === 'target' ? schemeHover(script, slot, sources) : null;
}

function runtimeHover(script: ScriptDocument, slot: Place, sources: LanguageSources): Hover | null {
  const name = script.slice(slot).slice(1, -1).trim();
  const runtime = sources.runtimes().find(one => one.name === name);
  if (!runtime) return null;
  const state = runtime.available ? '' : `\n\nNot available: ${runtime.reason ?? 'unknown reason'}`;
  return hover(script, slot, `\`\`\`plurnk\n${runtime.example}\n\`\`\`${state}`);
}

function schemeHover(script: ScriptDocument, slot: Place, sources: LanguageSources): Hover | null {
  const name = /^\(([a-z][a-z0-9+.-]*):\/\//i.exec(script.slice(slot))?.[1]?.toLowerCase() ?? 'file';
  const scheme = sources.schemes().find(one => one.name === name);
  return scheme
    ? hover(
        script,
        slot,
        `**${scheme.name}**\n\n\`\`\`plurnk\n${scheme.example}\n\`\`\`\n\n${firstParagraph(scheme.doc)}`,
      )
    : null;
}

type Place = { readonly start: number; readonly end: number };

const hover = (script: ScriptDocument, place: Place, value: string): Hover => ({
  contents: { kind: 'markdown', value },
  range: script.range(place),
});

const firstParagraph = (doc: string): string => doc.replace(/^#.*\n+/, '').split(/\n\n/)[0] ?? '';
