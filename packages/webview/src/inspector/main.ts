import '../shared/menu.ts';
import './lines.ts';
import './inspector.css';
import { PlurnkInspector } from './inspector-app.ts';

const inspector = new PlurnkInspector();
document.body.append(inspector);
inspector.start(acquireVsCodeApi());
