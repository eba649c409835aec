import type { PacketSection } from '@plurnk/protocol';
import { createTwoFilesPatch } from 'diff';
import type { Handler } from '../services.ts';
import { packetOf } from './packet-read.ts';

const CONTEXT_LINES = 2;

/** Sections by name: changed with a unified diff, added, removed (UI-32). */
export const packetDiff: Handler<'packet.diff'> = async ({ turnIdA, turnIdB }, services) => {
  const before = byName(packetOf(services, turnIdA, 'turnIdA'));
  const after = byName(packetOf(services, turnIdB, 'turnIdB'));
  const changed = [];
  for (const [name, section] of after) {
    const old = before.get(name);
    if (old === undefined || old.content === section.content) continue;
    const diff = createTwoFilesPatch(name, name, old.content, section.content, '', '', { context: CONTEXT_LINES });
    changed.push({ name, diff, tokensA: old.tokens, tokensB: section.tokens });
  }
  return {
    changed,
    added: [...after.values()].filter(section => !before.has(section.name)),
    removed: [...before.values()].filter(section => !after.has(section.name)),
  };
};

function byName(sections: readonly PacketSection[]): Map<string, PacketSection> {
  return new Map(sections.map(section => [section.name, section]));
}
