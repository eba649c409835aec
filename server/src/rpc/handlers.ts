import { cancel } from './loop/cancel.ts';
import { changes } from './loop/changes.ts';
import { checkProposal } from './loop/check-proposal.ts';
import { fork } from './loop/fork.ts';
import { inject } from './loop/inject.ts';
import { killStream } from './loop/kill-stream.ts';
import { mergeProposal } from './loop/merge-proposal.ts';
import { proposalText } from './loop/proposal-text.ts';
import { proposals } from './loop/proposals.ts';
import { resolve } from './loop/resolve.ts';
import { revert } from './loop/revert.ts';
import { run } from './loop/run.ts';
import { discoverModels } from './models/discover-models.ts';
import { doctor } from './models/doctor.ts';
import { listAliases } from './models/list-aliases.ts';
import { testModel } from './models/test-model.ts';
import { copy } from './ops/copy.ts';
import { dispatch } from './ops/dispatch.ts';
import { edit } from './ops/edit.ts';
import { exec } from './ops/exec.ts';
import { find } from './ops/find.ts';
import { fold } from './ops/fold.ts';
import { kill } from './ops/kill.ts';
import { look } from './ops/look.ts';
import { move } from './ops/move.ts';
import { open } from './ops/open.ts';
import { parse } from './ops/parse.ts';
import { read } from './ops/read.ts';
import { send } from './ops/send.ts';
import { entryList } from './reads/entry-list.ts';
import { entryRead } from './reads/entry-read.ts';
import { logRead } from './reads/log-read.ts';
import { packetDiff } from './reads/packet-diff.ts';
import { packetRead } from './reads/packet-read.ts';
import { runTurns } from './reads/run-turns.ts';
import type { Handlers } from './services.ts';
import { attach } from './session/attach.ts';
import { configure } from './session/configure.ts';
import { constrain } from './session/constrain.ts';
import { constraints } from './session/constraints.ts';
import { create } from './session/create.ts';
import { deleteSession } from './session/delete.ts';
import { discover } from './session/discover.ts';
import { exportSession } from './session/export-session.ts';
import { importSession } from './session/import-session.ts';
import { list } from './session/list.ts';
import { members } from './session/members.ts';
import { ping } from './session/ping.ts';
import { prompts } from './session/prompts.ts';
import { rename } from './session/rename.ts';
import { runs } from './session/runs.ts';
import { search } from './session/search.ts';
import { setRoot } from './session/set-root.ts';
import { unconstrain } from './session/unconstrain.ts';
import { compactStorage } from './storage/compact.ts';
import { storageStatus } from './storage/status.ts';

/** Every method in the order of the protocol; exhaustive by type. Adding one touches its file, its schema and this table. */
export const HANDLERS = {
  ping,
  discover,
  'session.create': create,
  'session.list': list,
  'session.attach': attach,
  'session.runs': runs,
  'session.prompts': prompts,
  'session.set_root': setRoot,
  'session.rename': rename,
  'session.configure': configure,
  'session.delete': deleteSession,
  'session.export': exportSession,
  'session.import': importSession,
  'session.search': search,
  'session.constrain': constrain,
  'session.unconstrain': unconstrain,
  'session.constraints': constraints,
  'session.members': members,
  'storage.status': storageStatus,
  'storage.compact': compactStorage,
  'loop.run': run,
  'loop.inject': inject,
  'loop.resolve': resolve,
  'loop.cancel': cancel,
  'stream.kill': killStream,
  'run.fork': fork,
  'proposal.list': proposals,
  'proposal.text': proposalText,
  'proposal.check': checkProposal,
  'proposal.merge': mergeProposal,
  'proposal.changes': changes,
  'proposal.revert': revert,
  'providers.list': listAliases,
  'models.discover': discoverModels,
  'models.test': testModel,
  doctor,
  'entry.read': entryRead,
  'entry.list': entryList,
  'log.read': logRead,
  'run.turns': runTurns,
  'packet.read': packetRead,
  'packet.diff': packetDiff,
  'op.find': find,
  'op.read': read,
  'op.open': open,
  'op.fold': fold,
  'op.edit': edit,
  'op.copy': copy,
  'op.move': move,
  'op.kill': kill,
  'op.send': send,
  'op.exec': exec,
  'op.dispatch': dispatch,
  'op.parse': parse,
  'op.look': look,
} as const satisfies Handlers;
