import type { RunRow, SessionRow } from '../../store/contract.ts';
import { sessionById } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';
import { collect } from './export/collect.ts';
import { toHtml } from './export/html.ts';
import { toJsonLines } from './export/json-lines.ts';
import { maskSecrets, withoutSecrets } from './export/secrets.ts';

export const exportSession: Handler<'session.export'> = async ({ id, format, runId }, services) => {
  const session = sessionById(services, id);
  const name = session.name.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  const secrets = services.models.secrets();
  if (format === 'session') {
    const lines = services.store.exportSession(session.id, text => maskSecrets(text, secrets));
    return { format, content: `${[...lines].join('\n')}\n`, filename: `${name}.session.jsonl` };
  }
  const collected = collect(services, session, runsToExport(services, session, runId));
  const text = format === 'jsonl' ? toJsonLines(collected) : toHtml(collected);
  return { format, content: withoutSecrets(text, secrets, format), filename: `${name}.${format}` };
};

function runsToExport(services: RpcServices, session: SessionRow, runId: number | undefined): readonly RunRow[] {
  const runs = services.store.runs.list(session.id).slice().reverse();
  if (runId === undefined) return runs;
  const chosen = runs.filter(run => run.id === runId);
  if (chosen.length === 0) {
    throw failure('loopNotFound', `Session ${session.id} has no run ${runId}.`, { field: 'runId' });
  }
  return chosen;
}
