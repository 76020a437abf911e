import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseYaml } from '../errors/parse-yaml.js';
import { GestureEngine } from '../gestures/gesture-engine.js';
import { parseGestureProfile } from '../gestures/gesture-profile.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { CAMERAS } from './cameras.js';
import { contactless } from './preset-contactless.js';

const PROFILE = 'launch/gestures/contactless.yaml';

it('operates nine places of the panel in its profile, four of them by dragging, and is cancelled when it leaves', () => {
  const engine = new GestureEngine(parseGestureProfile(parseYaml(readFileSync(PROFILE, 'utf8'), PROFILE), PROFILE));
  const scene = contactless.scene({ camera: CAMERAS.small, seed: 1, shape: neutralShape(), handedness: 'right' });
  const steps: string[] = [];
  for (let frame = 0; frame < 15 * 27.2; frame++) {
    const positions = scene(frame / 15).hand?.joints ?? new Float64Array(63);
    const hand = { id: 0, handedness: 'right' as const, positions, confidences: new Float32Array(21).fill(1) };
    const stamp = BigInt(Math.round((frame * 1e9) / 15));
    const output = engine.take({ stamp, frameId: 'camera', hands: [hand], lost: [], lagFrames: 0 });
    for (const { phase, u, v, dragging } of output.pointers) {
      if (phase === 'HOVER' || phase === 'MOVE') continue;
      const at = phase === 'CANCEL' ? '' : ` ${u.toFixed(1)} ${v.toFixed(1)}${dragging ? ' dragged' : ''}`;
      steps.push(`${phase}${at}`);
    }
  }
  expect(steps).toEqual([
    ...['DOWN 0.1 0.3', 'UP 0.1 0.3', 'DOWN 0.2 0.5', 'UP 0.3 0.5 dragged', 'DOWN 0.5 0.2', 'UP 0.6 0.3 dragged'],
    ...['DOWN 0.8 0.4', 'UP 0.8 0.2 dragged', 'DOWN 0.8 0.3', 'UP 0.8 0.3', 'DOWN 0.3 0.8', 'UP 0.4 0.9 dragged'],
    ...['DOWN 0.6 0.8', 'UP 0.6 0.8', 'DOWN 0.3 0.3', 'UP 0.3 0.3', 'DOWN 0.2 0.3', 'UP 0.2 0.3', 'CANCEL'],
  ]);
});
