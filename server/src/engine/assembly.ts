import { compactLog } from '../packet/compact-log.ts';
import { type PacketDocuments, readDocuments } from '../packet/documents.ts';
import type { ViewBlock } from '../packet/log-view.ts';
import { draftPacket, measurePacket, type Packet, type PacketInput } from '../packet/packet.ts';
import type { SectionDraft } from '../packet/section.ts';
import { definitionText, requirementsText, schemesText, toolsText } from '../packet/text/model-text.ts';
import type { TokenCounter } from '../packet/token-counter.ts';
import type { TurnRow } from '../store/contract.ts';
import type { Core } from './core.ts';
import type { OpScope } from './execute.ts';
import { grind } from './grinder.ts';
import { heldBy } from './held.ts';
import { promptsOf } from './opening.ts';
import { PacketPlugins } from './packet-plugins.ts';
import type { TurnLog } from './turn-log.ts';

export interface Assembly {
  readonly packet: Packet;
  /** The grinder folded rows to make it fit (ENG-42). */
  readonly ground: boolean;
  /** Over the ceiling even so: no model call (ENG-43). */
  readonly overflow: boolean;
}

/** What the packet shows besides the log; reading it takes time. */
export interface Surroundings {
  readonly documents: PacketDocuments;
  /** Branch and counts; null without Git. */
  readonly git: string | null;
}

export async function readSurroundings(core: Core, scope: OpScope): Promise<Surroundings> {
  const [documents, git] = await Promise.all([
    readDocuments(core.deps.documents, scope.projectRoot),
    scope.projectRoot === null ? null : core.workspace.gitStatus(scope.sessionId),
  ]);
  return { documents, git };
}

export interface AssemblyOptions {
  readonly counter: TokenCounter;
  readonly ceiling: number | null;
  readonly previous: TurnRow | null;
  readonly surroundings: Surroundings;
}

/**
 * Builds and measures the request; over the ceiling long fan-outs that are folded become one line each, and if that is
 * not enough, the grinder folds what is newest, once (2.7). What it shows is looked at synchronously, like the look
 * before it: a stream that ends in between would be neither among the live ones nor on a row. Only plugins may take
 * their time, with what was seen.
 */
export async function assemble(core: Core, log: TurnLog, scope: OpScope, options: AssemblyOptions): Promise<Assembly> {
  const fixed = fixedInput(core, log, scope, options);
  const plugins = new PacketPlugins(core, log, scope.signal);
  const fits = (packet: Packet): boolean => options.ceiling === null || packet.tokens <= options.ceiling;
  const fitting = async (): Promise<Packet> => {
    const packet = await build(core, log, fixed, options, plugins);
    return fits(packet) ? packet : build(core, log, fixed, options, plugins, compactLog);
  };
  const packet = await fitting();
  if (options.ceiling === null || fits(packet)) return { packet, ground: false, overflow: false };
  grind(core, log, options.previous, { usage: packet.tokens, ceiling: options.ceiling, counter: options.counter });
  const smaller = await fitting();
  return { packet: smaller, ground: true, overflow: !fits(smaller) };
}

type Fixed = Omit<PacketInput, 'blocks' | 'errors'>;

function fixedInput(core: Core, log: TurnLog, scope: OpScope, options: AssemblyOptions): Fixed {
  const { documents, git } = options.surroundings;
  const held = heldBy(core, scope.runId);
  return {
    stable: [...taught(core, scope), ...documents.sections],
    childStreams: held.streams,
    childRuns: held.runs,
    git: git === null ? null : plainWords(git),
    ceiling: options.ceiling,
    prompts: promptsOf(core, log),
    promptPreview: core.settings().promptPreviewChars,
    requirements: documents.requirements ?? requirementsText(parentOf(core, log)),
    counter: options.counter,
  };
}

/** Name of the run that started this one as a worker. */
function parentOf(core: Core, log: TurnLog): string | null {
  const { parentRunId, forkedFromTurnId } = log.run;
  if (parentRunId === null || forkedFromTurnId !== null) return null;
  return core.store.runs.get(parentRunId)?.name ?? null;
}

function taught(core: Core, scope: OpScope): SectionDraft[] {
  const runtimes = core.operations.runtimes();
  const taughtAsTools = new Set(runtimes.map(runtime => runtime.name));
  const schemes = core.operations.schemes.filter(scheme => !taughtAsTools.has(scheme.name));
  return [
    { name: 'definition', slot: 'system', header: null, content: definitionText() },
    { name: 'tools', slot: 'system', header: null, content: toolsText(runtimes, scope.flags.mode) },
    {
      name: 'schemes',
      slot: 'system',
      header: 'Plurnk Service Schemes',
      content: schemesText(schemes),
    },
  ];
}

/** A branch name is foreign text: in the system slot it is one short line without anything that looks like markup. */
function plainWords(text: string): string {
  return text
    .split('\n')
    .map(line => line.replace(/[^\p{L}\p{N} ._/@+\-:,↑↓·()*→]/gu, '?').slice(0, 200))
    .slice(0, 8)
    .join('\n');
}

async function build(
  core: Core,
  log: TurnLog,
  fixed: Fixed,
  options: Pick<AssemblyOptions, 'counter' | 'previous'>,
  plugins: PacketPlugins,
  compact: (blocks: readonly ViewBlock[], counter: TokenCounter) => readonly ViewBlock[] = blocks => blocks,
): Promise<Packet> {
  const blocks = compact(core.views.view(log.run.id, options.counter).blocks(), options.counter);
  const input = { ...fixed, blocks, errors: recentErrors(core, blocks, log, options.previous) };
  return measurePacket(await plugins.change(draftPacket(input)), input);
}

/** Rows ≥ 400 of this and the previous turn, as pointers (section 9). */
function recentErrors(
  core: Core,
  blocks: readonly ViewBlock[],
  log: TurnLog,
  previous: TurnRow | null,
): { status: number; path: string }[] {
  const previousLoop =
    previous === null ? null : previous.loopId === log.loop.id ? log.loop : core.store.loops.get(previous.loopId);
  const isRecent = (block: ViewBlock): boolean =>
    (block.loopSeq === log.loop.seq && block.turnSeq === log.turn.seq) ||
    (previous !== null &&
      previousLoop !== null &&
      block.loopSeq === previousLoop.seq &&
      block.turnSeq === previous.seq);
  return blocks
    .slice(-3)
    .filter(isRecent)
    .flatMap(block => block.rows.filter(row => row.status >= 400).map(row => ({ status: row.status, path: row.path })));
}
