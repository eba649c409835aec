import type { PacketSection } from '@plurnk/protocol';
import type { StoredSection } from '../../store/contract.ts';
import { ownTurn } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';
import { toTurnSummary } from '../wire/summaries.ts';
import { emissionTree } from './emission-tree.ts';

export const packetRead: Handler<'packet.read'> = async ({ turnId }, services) => {
  const turn = ownTurn(services, turnId);
  const loopSeq = services.store.loops.get(turn.loopId)?.seq ?? 0;
  return {
    status: 200,
    turn: toTurnSummary(turn, loopSeq),
    sections: packetOf(services, turn.id, 'turnId'),
    emission: turn.emission,
    reasoning: turn.reasoning,
    tree: emissionTree(turn.emission ?? ''),
  };
};

/** The stored packet of a turn; a turn that has none yet is not found. */
export function packetOf(services: RpcServices, turnId: number, field: string): PacketSection[] {
  const sections = services.store.turns.readPacket(ownTurn(services, turnId, field).id);
  if (sections === null) throw failure('entryNotFound', `Turn ${turnId} has no packet.`, { field });
  return sections.map(toSection);
}

function toSection({ name, slot, header, content, tokens }: StoredSection): PacketSection {
  return { name, slot, header, content, tokens };
}
