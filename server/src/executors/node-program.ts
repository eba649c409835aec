/** Which Node runs scripts: the one on the path, else the one we run in (which may be the editor's own). */
export interface NodeProgram {
  readonly file: string;
  readonly env: { readonly [name: string]: string };
}

export const OWN_NODE: NodeProgram = { file: process.execPath, env: { ELECTRON_RUN_AS_NODE: '1' } };
export const PATH_NODE: NodeProgram = { file: 'node', env: {} };
