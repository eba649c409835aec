/** One log row as the packet shows it (PKT-10). */
export interface PacketRow {
  readonly op: string;
  readonly origin: string;
  /** Coordinate `log:///<loop>/<turn>/<sequence>/<op>`. */
  readonly path: string;
  readonly loop: number;
  readonly turn: number;
  readonly status: number;
  readonly target: string;
  readonly tags: readonly string[];
  /** The fenced body, null if the row is folded or has none. */
  readonly body: string | null;
  /** What the body's fence is named by. */
  readonly bodyAddress: string | null;
}

export interface PacketPrompt {
  readonly loop: number;
  readonly text: string;
}

/** What can be read from a rendered packet without knowing anything else. */
export interface PacketView {
  readonly rows: readonly PacketRow[];
  readonly prompts: readonly PacketPrompt[];
  /** Addresses of the streams that are still running. */
  readonly liveStreams: readonly string[];
  readonly hasGit: boolean;
}

const FENCE_OPEN = /^<<:::(\S.*)$/;
const META = /^[+\-*] (\{.*\})$/;
const COORDINATE = /^log:\/\/\/(\d+)\/(\d+)\/(\d+)\/(\w+)/;
const PROMPT_ADDRESS = /^plurnk:\/\/\/prompt\/(\d+)\/(\d+)/;
const NUMBERED = /^\d+:\t/;

/** Reads rows, prompts and live streams back from the two messages of a packet. */
export function readPacket(system: string, user: string): PacketView {
  const rows: PacketRow[] = [];
  const prompts: PacketPrompt[] = [];
  const lines = user.split('\n');
  let pending: PacketRow | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = FENCE_OPEN.exec(line)?.[1];
    if (fence !== undefined) {
      const end = lines.indexOf(`:::${fence}`, at + 1);
      if (end < 0) {
        break;
      }
      const body = lines.slice(at + 1, end).join('\n');
      placeBody({ fence, body }, pending, rows, prompts);
      pending = null;
      at = end;
      continue;
    }
    pending = parseMeta(line);
    if (pending !== null) {
      rows.push(pending);
    }
  }
  return { rows, prompts, liveStreams: readLiveStreams(system), hasGit: system.includes('Plurnk Service Git Status') };
}

function placeBody(
  found: { readonly fence: string; readonly body: string },
  pending: PacketRow | null,
  rows: PacketRow[],
  prompts: PacketPrompt[],
): void {
  if (pending !== null) {
    rows[rows.length - 1] = { ...pending, body: found.body, bodyAddress: found.fence };
    return;
  }
  const loop = PROMPT_ADDRESS.exec(found.fence)?.[1];
  if (loop !== undefined) {
    prompts.push({ loop: Number(loop), text: withoutNumbers(found.body) });
  }
}

function parseMeta(line: string): PacketRow | null {
  const json = META.exec(line)?.[1];
  if (json === undefined) {
    return null;
  }
  let meta: unknown;
  try {
    meta = JSON.parse(json);
  } catch {
    return null;
  }
  return toRow(meta as Record<string, unknown>);
}

function toRow(meta: Record<string, unknown>): PacketRow | null {
  const path = typeof meta.path === 'string' ? meta.path : '';
  const coordinate = COORDINATE.exec(path);
  if (coordinate === null) {
    return null;
  }
  return {
    op: typeof meta.op === 'string' ? meta.op : '',
    origin: typeof meta.origin === 'string' ? meta.origin : '',
    path,
    loop: Number(coordinate[1]),
    turn: Number(coordinate[2]),
    status: typeof meta.status === 'number' ? meta.status : 0,
    target: typeof meta.target === 'string' ? meta.target : '',
    tags: Array.isArray(meta.tags) ? meta.tags.filter(tag => typeof tag === 'string') : [],
    body: null,
    bodyAddress: null,
  };
}

/** The section of child streams lists one per line: `* active sh:///1/2/3`. The last header is the section's own. */
function readLiveStreams(system: string): string[] {
  const header = system.lastIndexOf('Plurnk Service Child Streams');
  if (header < 0) {
    return [];
  }
  const streams: string[] = [];
  for (const line of system.slice(header).split('\n').slice(1)) {
    const address = /^\* active (\S+)/.exec(line)?.[1];
    if (address !== undefined) {
      streams.push(address);
    } else if (streams.length > 0 || line.trim() !== '') {
      break;
    }
  }
  return streams;
}

/** Lines of a body rendered as `N:⇥text` (PKT-13), by number. */
export function numberedLines(body: string): Map<number, string> {
  const lines = new Map<number, string>();
  for (const line of body.split('\n')) {
    const cut = line.indexOf(':\t');
    const number = Number(line.slice(0, cut));
    if (cut > 0 && Number.isInteger(number)) {
      lines.set(number, line.slice(cut + 2));
    }
  }
  return lines;
}

export function withoutNumbers(body: string): string {
  return body
    .split('\n')
    .map(line => line.replace(NUMBERED, ''))
    .join('\n');
}
