import type { PacketTransform, PlainSection, SectionDraft } from './section.ts';

/** A plugin whose change was not taken, with a sentence about why. */
export interface TransformFailure {
  readonly name: string;
  readonly message: string;
}

export interface TransformOptions {
  readonly transforms: readonly PacketTransform[];
  /** Aborts when the run is cancelled: nothing is waited for any more, and what is there goes on unchanged. */
  readonly signal: AbortSignal;
  /** Milliseconds that each plugin has. */
  readonly limitMs: number;
  readonly setTimeout: (work: () => void, ms: number) => { cancel(): void };
}

export interface Transformed {
  readonly sections: readonly SectionDraft[];
  /** Names of the plugins whose change was taken. */
  readonly applied: readonly string[];
  readonly failures: readonly TransformFailure[];
}

/** What the engine adds itself, after the plugins (ENG-40). */
const RESERVED = 'budget';
/** The model's words, files, pages and output are in these: they never come into the trusted slot (RL-14). */
const FOREIGN: ReadonlySet<string> = new Set(['log', 'prompt']);

/**
 * Hands the list to each plugin in turn (PKT-2). A plugin never breaks the packet: one that throws, takes too long or
 * gives back what is no packet is left out, and named.
 */
export async function transformSections(
  drafts: readonly SectionDraft[],
  options: TransformOptions,
): Promise<Transformed> {
  let sections = drafts;
  const applied: string[] = [];
  const failures: TransformFailure[] = [];
  for (const transform of options.transforms) {
    try {
      const given = await within(transform, sections, options);
      if (given === null) break;
      sections = taken(sections, given);
      applied.push(transform.name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `The packet plugin "${transform.name}" was left out: ${why}`;
      failures.push({ name: transform.name, message });
    }
  }
  return { sections, applied, failures };
}

/** What the plugin gives back in its time; null when the run was cancelled meanwhile. */
function within(
  plugin: PacketTransform,
  sections: readonly SectionDraft[],
  { signal, limitMs, setTimeout }: TransformOptions,
): Promise<unknown> {
  const controller = new AbortController();
  return new Promise<unknown>((resolve, reject) => {
    const release = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', cancelled);
    };
    const cancelled = (): void => {
      release();
      resolve(null);
      controller.abort();
    };
    const timer = setTimeout(() => {
      release();
      reject(new Error(`it took longer than ${limitMs} ms.`));
      controller.abort();
    }, limitMs);
    signal.addEventListener('abort', cancelled, { once: true });
    if (signal.aborted) cancelled();
    else asked(plugin, sections, controller.signal).finally(release).then(resolve, reject);
  });
}

/** Never null, which would mean a cancelled run. */
async function asked(
  plugin: PacketTransform,
  sections: readonly SectionDraft[],
  signal: AbortSignal,
): Promise<unknown> {
  return (await plugin.transform(sections.map(plain), signal)) ?? undefined;
}

function plain({ name, slot, header, content }: SectionDraft): PlainSection {
  return { name, slot, header, content };
}

/** The list as it goes on. Throws with a sentence when it is none. */
function taken(before: readonly SectionDraft[], given: unknown): readonly SectionDraft[] {
  if (!Array.isArray(given)) throw new Error('it gave back no list of sections.');
  const known = new Map(before.map(section => [section.name, section]));
  const sections = given.map((each, at) => toDraft(each, at, known)).filter(({ content }) => content !== '');
  const names = new Set(sections.map(({ name }) => name));
  if (names.size !== sections.length) throw new Error('it gave back two sections of one name.');
  if (names.has(RESERVED)) throw new Error(`a section named "${RESERVED}" is the engine’s own.`);
  for (const slot of ['system', 'user'] as const)
    if (!sections.some(section => section.slot === slot)) throw new Error(`it left nothing in the ${slot} slot.`);
  return sections;
}

/** A section whose text is the same keeps its parts, which are measured and stored one by one (PKT-3). */
function toDraft(value: unknown, at: number, known: ReadonlyMap<string, SectionDraft>): SectionDraft {
  const { name, slot, header = null, content } = (value ?? {}) as Partial<PlainSection>;
  const where = `section ${at + 1}`;
  if (typeof name !== 'string' || name === '') throw new Error(`${where} has no name.`);
  if (slot !== 'system' && slot !== 'user') throw new Error(`${where} (${name}) is in no slot.`);
  if (typeof content !== 'string') throw new Error(`${where} (${name}) has no content.`);
  if (header !== null && (typeof header !== 'string' || /[\r\n]/.test(header)))
    throw new Error(`the header of ${where} (${name}) is no line of text.`);
  const old = known.get(name);
  if (FOREIGN.has(name) && slot === 'system')
    throw new Error(`"${name}" carries foreign text and stays with the user.`);
  const same = old !== undefined && old.content === content;
  return same ? { ...old, slot, header } : { name, slot, header, content };
}
