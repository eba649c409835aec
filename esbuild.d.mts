export interface BuildOptions {
  /** For the package: minified, without source maps. */
  readonly minify?: boolean;
  /** Also the tests of the extension, into `dist/test`. */
  readonly tests?: boolean;
  /** Stays and builds again after every change. */
  readonly watch?: boolean;
  /** The folder that gets `dist/`, `media/` and `packages/`; the repository by default. */
  readonly out?: string;
  readonly log?: (line: string) => void;
}

/** Builds all bundles and copies the assets. `inputs`: every source file that went in, relative to the repository. */
export function build(options?: BuildOptions): Promise<{ readonly inputs: readonly string[] }>;
