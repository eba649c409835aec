/** One configured model: what `PLURNK_MODEL_<ALIAS>=<provider>/<model>` or a settings entry says. */
export interface ModelAlias {
  /** Lower-cased name the person picks. */
  readonly alias: string;
  readonly provider: string;
  readonly model: string;
  readonly baseUrl?: string;
  /** A secret: never logged, stored or put on the wire. */
  readonly apiKey?: string;
  readonly contextSize?: number;
}
