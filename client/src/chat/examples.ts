import * as vscode from 'vscode';
import { workspacePath } from '../session/workspace-paths.ts';

const SOURCES = '**/*.{ts,js,mjs,tsx,jsx,py,rs,go,java,rb,php,cs,c,cpp,swift,kt}';
const SKIPPED = '**/{node_modules,dist,out,build,target,vendor,.git}/**';

/** Three prompts made from the open workspace: what it is, its tests, one of its files. */
export async function examplePrompts(): Promise<string[]> {
  const [sources, tests, readme] = await Promise.all([
    vscode.workspace.findFiles(SOURCES, SKIPPED, 40),
    vscode.workspace.findFiles('**/{test,tests,spec,__tests__}/**', SKIPPED, 1),
    vscode.workspace.findFiles('README*', undefined, 1),
  ]);
  const paths = sources.map(uri => workspacePath(uri)).sort((a, b) => a.length - b.length);
  const file = paths.find(path => !/(^|\/)(test|tests|spec)\b|\.d\.ts$|config/.test(path)) ?? paths[0];
  if (!file)
    return [
      vscode.l10n.t('What can you do here?'),
      vscode.l10n.t('Start a small command line tool.'),
      vscode.l10n.t('Write a README.'),
    ];
  return [
    vscode.l10n.t('Explain how this project is built and where to start reading.'),
    tests.length > 0
      ? vscode.l10n.t('Run the tests and mend what fails.')
      : vscode.l10n.t('Add a first test for {0}.', file),
    readme.length > 0
      ? vscode.l10n.t('Find a mistake in {0} and propose a fix.', file)
      : vscode.l10n.t('Write a README for this project.'),
  ];
}
