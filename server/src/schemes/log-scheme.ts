/** `log`: the run's own rows (READ, FIND, OPEN, FOLD, KILL). */
import { numberText } from '../content/lines.ts';
import type { LogRow, Store } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, OpOutcome, SchemeInfo } from './contract.ts';
import { channelFailure } from './entry-scheme.ts';
import { type Content, type Failure, fail, type Item, refuse, rows, type Scheme } from './scheme.ts';
import { candidateOfText, summaryOfText } from './summary.ts';

export interface LogSchemeDeps {
  readonly store: Pick<Store, 'log'>;
  readonly tokens: (text: string) => number;
}

const CHANNELS = { body: 'text/plain' };
const COORDINATE = /^\/(\d+)\/(\d+)\/(\d+)(?:\/([A-Za-z]+))?\/?$/;

const pathOf = (row: LogRow): string => `/${row.loopSeq}/${row.turnSeq}/${row.sequence}/${row.op}`;

function askedText(row: LogRow): string {
  const body = typeof row.tx === 'object' && row.tx !== null && !Array.isArray(row.tx) ? row.tx.body : row.tx;
  if (typeof body === 'string') return body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body) && typeof body.raw === 'string')
    return body.raw;
  return body === null || body === undefined ? '' : JSON.stringify(body);
}

/** What a row shows when it is open (PKT-11): what was said or run for SEND, PLAN and EXEC, what came back otherwise. */
export function rowBody(row: LogRow): string {
  const said = row.op === 'SEND' || row.op === 'PLAN' || row.op === 'EXEC';
  if (said && row.statusRx < 400) return askedText(row);
  if (row.op === 'EXEC' || row.op === 'SEND')
    return [askedText(row), row.rx ?? ''].filter(text => text !== '').join('\n');
  return row.rx ?? '';
}

const isNumbered = (row: LogRow): boolean => ['READ', 'FIND', 'EDIT', 'COPY', 'MOVE'].includes(row.op);

const INFO: SchemeInfo = {
  name: 'log',
  example: '<<FOLD(log:///1/2/*)::FOLD  fold rows you no longer need; OPEN shows them again',
  doc: `# log

The rows of this run: \`log:///<loop>/<turn>/<sequence>\`. FOLD hides the bodies of rows you are done with, which frees
room; OPEN shows them again. Both take globs, tags and matchers: \`<<FOLD(log:///1/*/*):#timeout#:FOLD\`. READ shows one row
again, KILL deletes rows for good.`,
  catalog: 'none',
};

const visible = (row: LogRow, context: OpContext): boolean => row.state !== 'proposed' || context.writer !== 'model';

function itemOf(row: LogRow): Item {
  const path = pathOf(row);
  const at = rowTarget({ scheme: 'log', pathname: path });
  const mimetype = row.mimetypeRx ?? 'text/plain';
  return {
    path,
    address: { scheme: 'log', path, authority: '', channel: null, params: {}, raw: formatAddress(at) },
    target: at,
    tags: row.tags,
    row,
    channels: async () => ({ [formatAddress(at)]: { ...summaryOfText(rowBody(row), mimetype, () => row.tokens) } }),
    candidate: () => candidateOfText(path, mimetype, rowBody(row)),
  };
}

class LogScheme implements Scheme {
  readonly info = INFO;
  readonly channels = CHANNELS;
  readonly scope = 'run';
  readonly writableBy = [];
  readonly flags = {};
  readonly #log: LogSchemeDeps['store']['log'];

  constructor({ store }: LogSchemeDeps) {
    this.#log = store.log;
  }

  target(address: Address) {
    return rowTarget({ scheme: 'log', pathname: address.path, fragment: address.channel });
  }

  /** A loop, a turn, or a pattern of coordinates stands for the rows there, whatever their op. */
  isSet(address: Address): boolean {
    return !COORDINATE.test(address.path);
  }

  scopeGlob({ path }: Address): string {
    return path.endsWith('/') || path.split('/').length > 4 ? path : `${path}/**`;
  }

  async item(address: Address, context: OpContext): Promise<Item | null> {
    const row = this.#find(address, context);
    return row === null ? null : itemOf(row);
  }

  async list(_address: Address, context: OpContext): Promise<readonly Item[]> {
    const all = this.#log.list(context.runId).filter(row => visible(row, context));
    return all.map(itemOf);
  }

  async read(address: Address, context: OpContext): Promise<Content | Failure | null> {
    const row = this.#find(address, context);
    if (row === null) return null;
    const wrong = channelFailure(CHANNELS, address);
    if (wrong !== null) return wrong;
    const body = rowBody(row);
    const text = isNumbered(row) ? body : numberText(body);
    return { target: this.target(address), text, mimetype: 'text/plain', tags: row.tags, verbatim: true };
  }

  async remove(address: Address, context: OpContext): Promise<OpOutcome> {
    const target = this.target(address);
    if (context.writer !== 'model' && context.writer !== 'client')
      return refuse(fail(403, 'Log rows are killed by the model or the client only.', 'forbidden'), target);
    const row = this.#find(address, context);
    if (row === null) return refuse(fail(404, `There is no log row ${address.raw}.`), target);
    this.#log.delete([row.id]);
    return rows({ status: 200, target, rx: null });
  }

  #find(address: Address, context: OpContext): LogRow | null {
    const [, loop, turn, sequence, op] = COORDINATE.exec(address.path) ?? [];
    if (loop === undefined) return null;
    const row = this.#log.byCoordinate(context.runId, Number(loop), Number(turn), Number(sequence));
    if (row === null || !visible(row, context)) return null;
    return op === undefined || op.toUpperCase() === row.op.toUpperCase() ? row : null;
  }
}

export const logScheme = (deps: LogSchemeDeps): Scheme => new LogScheme(deps);
