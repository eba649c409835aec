import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { StorageHeldError } from '../../store/open-storage.ts';
import type { Owner } from '../../store/owner-lock.ts';
import { isLoopbackName } from '../transport/admission.ts';
import { type OwnerAddress, OwnerRefusal } from './owner-address.ts';

/** An owner that starts or stops answers, or lets go of the storage, within this time. */
const PATIENCE_MS = 20_000;
/** An owner that has not published an endpoint by then has none. */
const STARTING_MS = 10_000;
const RETRY_MS = 100;

/**
 * Opens the storage; where a live owner has it, attaches to that one (RL-4). Windows that start together, and an
 * owner that is about to end, are waited for. Rejects with the sentence that says who has it.
 */
export async function openOrAttach<Opened, Attached>(
  open: () => Promise<Opened>,
  attach: (address: OwnerAddress) => Promise<Attached>,
): Promise<Opened | Attached> {
  const started = performance.now();
  for (;;) {
    const held = await open().catch(heldOnly);
    if (!(held instanceof StorageHeldError)) return held;
    const attached = await attachTo(held, attach);
    if (attached !== null) return attached;
    if (performance.now() - started > PATIENCE_MS) throw held;
    await delay(RETRY_MS);
  }
}

/** Null: it does not answer yet, or no longer. */
async function attachTo<Attached>(
  held: StorageHeldError,
  attach: (address: OwnerAddress) => Promise<Attached>,
): Promise<Attached | null> {
  const { owner } = held;
  if (owner.endpoint === null && Date.now() - owner.since < STARTING_MS) return null;
  const address = addressOf(owner);
  if (address === null) throw held;
  try {
    return await attach(address);
  } catch (error) {
    if (error instanceof OwnerRefusal) throw held;
    return null;
  }
}

/** The token goes to a server of this machine only. */
function addressOf({ endpoint, access, host }: Owner): OwnerAddress | null {
  if (endpoint === null || host !== hostname() || !URL.canParse(endpoint)) return null;
  const url = new URL(endpoint);
  return url.protocol === 'ws:' && isLoopbackName(url.hostname) ? { url: endpoint, token: access ?? null } : null;
}

function heldOnly(error: unknown): StorageHeldError {
  if (error instanceof StorageHeldError) return error;
  throw error;
}
