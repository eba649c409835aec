import '@vscode-elements/elements/dist/vscode-button/index.js';
import '../shared/menu.ts';
import './composer.ts';
import './chat.css';
import { PlurnkChat } from './chat-app.ts';

const chat = new PlurnkChat();
document.body.append(chat);
chat.start(acquireVsCodeApi());
