import { App } from './app.js';
import { SceneView } from './scene/scene-view.js';

const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

new App((canvas, feeds) => new SceneView(canvas, feeds.frames, reducedMotion)).start();
