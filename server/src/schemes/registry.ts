/** The registered schemes by name. */
import { type Failure, fail, type Scheme } from './scheme.ts';

export class Registry {
  readonly #schemes = new Map<string, Scheme>();
  readonly #plugins: () => readonly Scheme[];

  /** `plugins`: schemes from outside, read anew each time (RES-70). */
  constructor(schemes: readonly Scheme[], plugins: () => readonly Scheme[] = () => []) {
    this.#plugins = plugins;
    for (const scheme of schemes) this.add(scheme);
  }

  /** Throws for a name that is taken: that is a conflict between two modules, and named as such (RES-71). */
  add(scheme: Scheme): void {
    const { name } = scheme.info;
    if (this.#schemes.has(name)) throw new Error(`Two schemes are called ${name}.`);
    this.#schemes.set(name, scheme);
  }

  find(name: string): Scheme | null {
    return this.#schemes.get(name) ?? this.#plugins().find(scheme => scheme.info.name === name) ?? null;
  }

  require(name: string): Scheme {
    const scheme = this.#schemes.get(name);
    if (scheme === undefined) throw new Error(`The scheme ${name} is not registered.`);
    return scheme;
  }

  get all(): readonly Scheme[] {
    return [...this.#schemes.values(), ...this.#plugins()];
  }

  unknown(name: string): Failure {
    const known = this.all.map(scheme => scheme.info.name).join(', ');
    return fail(501, `There is no scheme ${name}. Known: ${known}.`, 'unknown_scheme');
  }
}
