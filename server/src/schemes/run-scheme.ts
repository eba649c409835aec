/** `run`: without a path control of runs, with one the private scratch of its owner (3.3). */
import type { KillStatement } from '@plurnk/plurnk-grammar';
import { isGlob } from '../content/path-glob.ts';
import type { EntryKey, Store } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, OpResult, RunControl } from './contract.ts';
import { type EntrySchemeDeps, entryScheme } from './entry-scheme.ts';
import { type Content, type Failure, fail, failed, type Item, refuse, rows, type Scheme } from './scheme.ts';
import { candidateOfText, summaryOfText } from './summary.ts';

export interface RunSchemeDeps extends EntrySchemeDeps {
  readonly store: Pick<Store, 'entries' | 'transaction' | 'runs'>;
  readonly runs: () => RunControl;
}

const DOC = `# run

A run works on its own history over the same world. \`<<COPY(run://tests):Write tests for src/a.ts:COPY\` starts a child
run named tests; \`<<COPY(run://self):…:COPY\` forks this run with all it knows. \`<<SEND(run://tests):text:SEND\`
tells it something, \`<<READ(run://tests)::READ\` is its final message (425 while it works), \`<<KILL(run://tests)::KILL\`
cancels it. When a child ends you are told; \`<<SEND[202]:waiting:SEND\` parks this run until then.

With a path it is scratch: \`<<EDIT(run://self/notes.md):text:EDIT\`. Only its owner writes it, every run can read it.`;

/** Whether an address is about the run itself. */
export const isControl = (address: Address): boolean => address.path === '' || address.path === '/';

export const runNameOf = (address: Address, context: OpContext): string =>
  address.authority.toLowerCase() === 'self' ? context.runName : address.authority;

const emptyAuthority = (): Failure => fail(400, 'A run is addressed by its name: run://name, or run://self.');

export function runScheme(deps: RunSchemeDeps): Scheme {
  const key = (address: Address, context: OpContext): EntryKey | Failure => {
    if (address.authority === '') return emptyAuthority();
    const name = runNameOf(address, context);
    const run = deps.store.runs.byName(context.sessionId, name);
    if (run === null) return fail(404, `There is no run ${name}.`);
    return { sessionId: context.sessionId, scope: 'run', runId: run.id, scheme: 'run', pathname: address.path };
  };
  const target = (address: Address, context: OpContext) =>
    rowTarget({
      scheme: 'run',
      hostname: runNameOf(address, context) || null,
      pathname: isControl(address) ? null : address.path,
      fragment: address.channel,
    });
  const scratch = entryScheme(
    {
      info: {
        name: 'run',
        example:
          '<<COPY(run://tests):Write the missing tests of src/auth.ts.:COPY  a child run; (run://self/x.md) is scratch',
        doc: DOC,
        catalog: 'none',
      },
      scope: 'run',
      writableBy: ['model', 'client', 'plurnk'],
      key,
      target,
      addressOf: (entry, asked) => ({ ...asked, path: entry.pathname, channel: null, raw: asked.raw }),
    },
    deps,
  );
  const notOwner = (address: Address, context: OpContext): Failure | null =>
    runNameOf(address, context) === context.runName
      ? null
      : fail(403, `${address.raw} is the scratch of another run. Only its owner writes there.`, 'not_owner');

  return {
    ...scratch,
    isSet: address =>
      isControl(address) ? isGlob(address.authority) : isGlob(address.path) || address.path.endsWith('/'),
    read: (address, context) => readRun(scratch, deps.runs(), address, context),
    async writable(address, context) {
      if (address.authority === '') return emptyAuthority();
      if (isControl(address)) {
        return fail(
          400,
          `A run is started with COPY: <<COPY(${address.raw}):prompt:COPY. EDIT writes scratch, such as run://self/notes.md.`,
        );
      }
      return notOwner(address, context) ?? (await scratch.writable?.(address, context)) ?? null;
    },
    async item(address, context) {
      if (address.authority === '') return emptyAuthority();
      if (isControl(address))
        return controlItems(deps, address, context).find(item => item.path === runNameOf(address, context)) ?? null;
      return (await scratch.item?.(address, context)) ?? null;
    },
    async list(address, context) {
      if (address.authority === '') return emptyAuthority();
      const everyRun = isGlob(address.authority);
      if (everyRun) return controlItems(deps, address, context).map(item => ({ ...item, path: `/${item.path}` }));
      return (await scratch.list?.(address, context)) ?? [];
    },
    remove: (address, context, statement) => removeRun(scratch, deps.runs(), address, context, statement, notOwner),
    async send(address, statement, context): Promise<OpResult> {
      if (address.authority === '') return failed(emptyAuthority());
      if (!isControl(address)) return failed(fail(501, 'Scratch takes no messages. SEND to run://name.'));
      return deps.runs().deliver(runNameOf(address, context), statement.body?.raw ?? '', context);
    },
  };
}

async function readRun(
  scratch: Scheme,
  runs: RunControl,
  address: Address,
  context: OpContext,
): Promise<Content | Failure | null> {
  if (address.authority === '') return emptyAuthority();
  if (!isControl(address)) return (await scratch.read?.(address, context)) ?? null;
  const answer = await runs.finalMessage(runNameOf(address, context), context);
  if (answer.status >= 400)
    return fail(answer.status, answer.rx ?? 'There is no final message.', answer.outcome ?? undefined);
  return { target: scratch.target(address, context), text: answer.rx ?? '', mimetype: 'text/markdown', tags: [] };
}

async function removeRun(
  scratch: Scheme,
  runs: RunControl,
  address: Address,
  context: OpContext,
  statement: KillStatement | null,
  notOwner: (address: Address, context: OpContext) => Failure | null,
) {
  const target = scratch.target(address, context);
  if (address.authority === '') return refuse(emptyAuthority(), target);
  if (isControl(address)) return rows({ target, ...(await runs.cancel(runNameOf(address, context), context)) });
  const refused = notOwner(address, context);
  if (refused !== null) return refuse(refused, target);
  return (
    (await scratch.remove?.(address, context, statement)) ?? refuse(fail(501, 'Scratch cannot be killed.'), target)
  );
}

/** Runs of the session as entries, for FIND(run://**). */
function controlItems(deps: RunSchemeDeps, address: Address, context: OpContext): Item[] {
  const listed = [...deps.runs().list(context)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return listed.map(({ name, status }): Item => {
    const text = String(status);
    const target = rowTarget({ scheme: 'run', hostname: name, pathname: null });
    return {
      path: name,
      address: { ...address, authority: name, path: '', channel: null, raw: `run://${name}` },
      target,
      tags: [],
      description: `status ${status}`,
      channels: async () => ({ [formatAddress(target)]: summaryOfText(text, 'text/markdown', deps.tokens) }),
      candidate: () => candidateOfText(name, 'text/markdown', text),
    };
  });
}
