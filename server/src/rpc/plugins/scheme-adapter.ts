import { type Address, formatAddress, rowTarget } from '../../schemes/address.ts';
import type { OpContext } from '../../schemes/contract.ts';
import { type Content, fail, type Item, refuse, rows, type Scheme } from '../../schemes/scheme.ts';
import { showEdit } from '../../schemes/show.ts';
import { candidateOfText, summaryOfText } from '../../schemes/summary.ts';
import type { PluginContext, PluginText, SchemePlugin } from './plugin-api.ts';

const MARKDOWN = 'text/markdown';

/** A plugin's namespace as the operations see it; abilities it lacks are 501 (RES-1). */
export function schemeOfPlugin(plugin: SchemePlugin, tokens: (text: string) => number): Scheme {
  const { name, example, doc, list, write, remove } = plugin;
  const targetOf = (address: Pick<Address, 'path' | 'channel'>) =>
    rowTarget({ scheme: name, pathname: address.path, fragment: address.channel });

  const read = async (address: Address, context: OpContext): Promise<Content | null> => {
    const found = await plugin.read(address.path, contextOf(context));
    return found === null ? null : { ...toContent(found), target: targetOf(address) };
  };

  const itemOf = (path: string, found: PluginText): Item => {
    const address = { scheme: name, path, authority: '', channel: null, params: {}, raw: `${name}://${path}` };
    const target = targetOf(address);
    const { text, mimetype, tags } = toContent(found);
    return {
      path,
      address,
      target,
      tags,
      channels: async () => ({ [formatAddress(target)]: summaryOfText(text, mimetype, tokens) }),
      candidate: () => candidateOfText(path, mimetype, text),
    };
  };

  const itemAt = async (path: string, context: OpContext): Promise<Item | null> => {
    const found = await plugin.read(path, contextOf(context));
    return found === null ? null : itemOf(path, found);
  };

  return {
    info: { name, example, doc, catalog: list === undefined ? 'none' : 'capped' },
    channels: { body: MARKDOWN },
    scope: 'session',
    writableBy: write === undefined ? [] : ['model', 'client', 'plurnk', 'plugin'],
    flags: plugin.requiresWeb === true ? { requiresWeb: true } : {},
    target: targetOf,
    read,
    item: (address, context) => itemAt(address.path, context),
    ...(list === undefined
      ? {}
      : {
          list: async (_address: Address, context: OpContext) => {
            const paths = [...(await list.call(plugin, contextOf(context)))].sort();
            const items = await Promise.all(paths.map(path => itemAt(path, context)));
            return items.filter(item => item !== null);
          },
        }),
    ...(write === undefined
      ? {}
      : {
          writable: read,
          write: async (address: Address, edit: Parameters<NonNullable<Scheme['write']>>[1], context: OpContext) => {
            await write.call(plugin, address.path, edit.text, contextOf(context));
            const status = edit.before === null ? 201 : 200;
            const rx = showEdit(edit.text, edit.span);
            return rows({ status, target: targetOf(address), rx, mimetypeRx: 'text/plain' });
          },
        }),
    ...(remove === undefined
      ? {}
      : {
          remove: async (address: Address, context: OpContext) => {
            const target = targetOf(address);
            const there = await plugin.read(address.path, contextOf(context));
            if (there === null) return refuse(fail(404, `${formatAddress(target)} does not exist.`), target);
            await remove.call(plugin, address.path, contextOf(context));
            return rows({ status: 200, target, rx: null });
          },
        }),
  };
}

function toContent({ text, mimetype = MARKDOWN }: PluginText): Omit<Content, 'target'> {
  return { text, mimetype, tags: [] };
}

function contextOf({ sessionId, runId, runName, signal }: OpContext): PluginContext {
  return { sessionId, runId, runName, signal };
}
