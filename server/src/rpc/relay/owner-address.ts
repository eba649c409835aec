/** Where the owner of the storage lets other windows in (RL-4). */
export interface OwnerAddress {
  /** On this machine. */
  readonly url: string;
  /** Null: none is asked for. */
  readonly token: string | null;
}

/** The owner answered, and does not let this process in. */
export class OwnerRefusal extends Error {
  override readonly name = 'OwnerRefusal';
}
