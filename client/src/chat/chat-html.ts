import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the bundles and the icon font are. */
export function mediaFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'media');
}

/**
 * The page of a webview: one module, two stylesheets, nothing inline and nothing from elsewhere (RL-15). Styles that
 * components build go through constructed stylesheets, which need no allowance.
 */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: 'chat' | 'inspector',
  title: string,
): string {
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(mediaFolder(extensionUri), file)).toString();
  const nonce = randomBytes(18).toString('base64url');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${uri('codicon.css')}" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="${uri(`${name}.css`)}">
</head>
<body>
<script type="module" nonce="${nonce}" src="${uri(`${name}.js`)}"></script>
</body>
</html>`;
}
