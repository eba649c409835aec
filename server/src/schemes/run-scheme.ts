/** `run`: without a path control of runs, with one the private scratch of its owner (3.3). */
import type { SendStatement } from '@plurnk/plurnk-grammar';
import { isGlob } from '../content/path-glob.ts';
import type { EntryKey, Store } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, OpOutcome, OpResult, RunControl, SchemeInfo } from './contract.ts';
import { EntryScheme, type EntrySchemeDeps } from './entry-scheme.ts';
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

const INFO: SchemeInfo = {
  name: 'run',
  example:
    '<<COPY(run://tests):Write the missing tests of src/auth.ts.:COPY  a child run; (run://self/x.md) is scratch',
  doc: DOC,
  catalog: 'none',
};

const target = (address: Address, context: OpContext) =>
  rowTarget({
    scheme: 'run',
    hostname: runNameOf(address, context) || null,
    pathname: isControl(address) ? null : address.path,
    fragment: address.channel,
  });

/** Only its owner changes scratch (RES-32). */
const notOwner = (address: Address, context: OpContext): Failure | null =>
  runNameOf(address, context) === context.runName
    ? null
    : fail(403, `${address.raw} is the scratch of another run. Only its owner writes there.`, 'not_owner');

function keyOf(deps: RunSchemeDeps, address: Address, context: OpContext): EntryKey | Failure {
  if (address.authority === '') return emptyAuthority();
  const name = runNameOf(address, context);
  const run = deps.store.runs.byName(context.sessionId, name);
  if (run === null) return fail(404, `There is no run ${name}.`);
  return { sessionId: context.sessionId, scope: 'run', runId: run.id, scheme: 'run', pathname: address.path };
}

/** An address with a path is scratch, an entry like others; one without is the run itself. */
class RunScheme extends EntryScheme {
  readonly #own: RunSchemeDeps;

  constructor(deps: RunSchemeDeps) {
    super(
      {
        info: INFO,
        scope: 'run',
        writableBy: ['model', 'client', 'plurnk'],
        key: (address, context) => keyOf(deps, address, context),
        target,
        addressOf: (entry, asked) => ({ ...asked, path: entry.pathname, channel: null, raw: asked.raw }),
      },
      deps,
    );
    this.#own = deps;
  }

  isSet(address: Address): boolean {
    return isControl(address) ? isGlob(address.authority) : isGlob(address.path) || address.path.endsWith('/');
  }

  override async read(address: Address, context: OpContext): Promise<Content | Failure | null> {
    if (address.authority === '') return emptyAuthority();
    if (!isControl(address)) return super.read(address, context);
    const answer = await this.#own.runs().finalMessage(runNameOf(address, context), context);
    if (answer.status >= 400)
      return fail(answer.status, answer.rx ?? 'There is no final message.', answer.outcome ?? undefined);
    return { target: this.target(address, context), text: answer.rx ?? '', mimetype: 'text/markdown', tags: [] };
  }

  override async writable(address: Address, context: OpContext): Promise<Content | Failure | null> {
    if (address.authority === '') return emptyAuthority();
    if (isControl(address)) {
      return fail(
        400,
        `A run is started with COPY: <<COPY(${address.raw}):prompt:COPY. EDIT writes scratch, such as run://self/notes.md.`,
      );
    }
    return notOwner(address, context) ?? super.writable(address, context);
  }

  override async item(address: Address, context: OpContext): Promise<Item | Failure | null> {
    if (address.authority === '') return emptyAuthority();
    if (!isControl(address)) return super.item(address, context);
    const name = runNameOf(address, context);
    return controlItems(this.#own, address, context).find(item => item.path === name) ?? null;
  }

  override async list(address: Address, context: OpContext): Promise<readonly Item[] | Failure> {
    if (address.authority === '') return emptyAuthority();
    if (!isGlob(address.authority)) return super.list(address, context);
    return controlItems(this.#own, address, context).map(item => ({ ...item, path: `/${item.path}` }));
  }

  override async remove(address: Address, context: OpContext): Promise<OpOutcome> {
    const at = this.target(address, context);
    if (address.authority === '') return refuse(emptyAuthority(), at);
    if (isControl(address))
      return rows({ target: at, ...(await this.#own.runs().cancel(runNameOf(address, context), context)) });
    const refused = notOwner(address, context);
    return refused === null ? super.remove(address, context) : refuse(refused, at);
  }

  async send(address: Address, statement: SendStatement, context: OpContext): Promise<OpResult> {
    if (address.authority === '') return failed(emptyAuthority());
    if (!isControl(address)) return failed(fail(501, 'Scratch takes no messages. SEND to run://name.'));
    return this.#own.runs().deliver(runNameOf(address, context), statement.body?.raw ?? '', context);
  }
}

export const runScheme = (deps: RunSchemeDeps): Scheme => new RunScheme(deps);

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
