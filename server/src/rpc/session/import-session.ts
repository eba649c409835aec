import { StoreError } from '../../store/store-error.ts';
import { invalid } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';
import { checkedRoot, refuseTakenName } from './attach-new-session.ts';

export const importSession: Handler<'session.import'> = async ({ content, name, projectRoot }, services) => {
  if (name !== undefined) refuseTakenName(services, name);
  const options = {
    name: name ?? ((exported: string) => freeName(services, exported)),
    projectRoot: checkedRoot(projectRoot ?? null),
    at: services.clock.now(),
  };
  const id = blameContent(() => services.store.importSession(content.split('\n'), options));
  const made = services.store.sessions.get(id);
  if (made === null) throw new Error(`The imported session ${id} is not there.`);
  const answer = { id, name: made.name, projectRoot: made.projectRoot };
  services.peers.sessionCreated(answer);
  return answer;
};

/** What is wrong with the file, as a sentence about it (RPC-2). */
function blameContent<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'misuse' || error.code === 'schema-too-new')) {
      throw invalid('content', error.message);
    }
    throw error;
  }
}

function freeName({ store }: RpcServices, exported: string): string {
  const base = exported.trim().slice(0, 190) || 'imported';
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} (${number})`;
    if (store.sessions.byName(name) === null) return name;
  }
}
