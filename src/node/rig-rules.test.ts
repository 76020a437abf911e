import { describe, expect, it } from 'vitest';
import { trackerConfig } from '../tracking/config.js';
import type { RigCameraFacts } from '../tracking/rig-frames.js';
import { nodeDiagnostics } from './node-diagnostics.js';
import { NO_SESSION, type NodeFacts } from './node-facts.js';
import { NODE_RULES } from './node-rules.js';

const config = trackerConfig({
  cameras: {
    left: { depth: 'left/depth', cameraInfo: 'left/info' },
    right: { depth: 'right/depth', cameraInfo: 'right/info' },
  },
});

function camera(name: string, more: Partial<RigCameraFacts> = {}): RigCameraFacts {
  const counts = { frames: 300, fused: 298, waiting: 1, lost: { late: 1 }, missing: 2, dropped: {} };
  return { name, ...counts, state: 'delivering', period: 1 / 30, clockDifference: 0.001, ...more };
}

function facts(session: Partial<NodeFacts['session']>): NodeFacts {
  const input = {
    depth: undefined,
    camera: undefined,
    depthSchemas: [],
    cameraSchemas: [],
    depthCandidates: [],
    cameraCandidates: [],
  };
  const stamps = { next: 0, zero: 0, again: 0, jump: 0 };
  const recent = { seconds: 5, rate: 30, in: 150, out: 150, dropped: {}, lost: {}, stamps, restarts: 0, faults: [] };
  return {
    ...{
      name: 'tracker',
      state: 'active',
      config,
      activeSeconds: 60,
      input,
      recent,
      loopLag: undefined,
      sinks: [],
      events: [],
    },
    ...{ now: 0n, lastError: undefined, session: { ...NO_SESSION, ...session } },
  };
}

const find = (id: string, session: Partial<NodeFacts['session']>) =>
  NODE_RULES.find((rule) => rule.id === id)?.find(facts(session));
const fused = (distance: number) => {
  return {
    cameras: [],
    handsByViews: {},
    disagreements: [{ cameras: ['left', 'right'] as const, distance, moments: 90 }],
  };
};

describe('diagnostics of a rig', () => {
  it('name a camera that is silent while the other one is not, and its topic', () => {
    const text = find('camera-silent', { cameras: [camera('left'), camera('right', { state: 'silent' })] });
    expect(text).toBe('No frames of camera right (/right/depth): tracking goes on without. Check its driver.');
    expect(find('camera-silent', { cameras: [camera('left'), camera('right')] })).toBeUndefined();
    const both = { cameras: [camera('left', { state: 'silent' }), camera('right', { state: 'silent' })] };
    expect(find('camera-silent', both)).toBeUndefined();
  });

  it('tell clocks that differ by more than a moment is waited for', () => {
    const text = find('camera-clock', { cameras: [camera('left'), camera('right', { clockDifference: -3.2 })] });
    expect(text).toMatch(/camera right are 3200\.0 ms ahead of those of left.*cameras\.right\.clock_offset/);
    expect(
      find('camera-clock', { cameras: [camera('left'), camera('right', { clockDifference: 0.02 })] }),
    ).toBeUndefined();
  });

  it('ask for a calibration where cameras see the hand at two places', () => {
    expect(find('camera-disagreement', { fusion: fused(0.023) })).toBe(
      'Camera left disagrees with camera right by 23 mm: calibrate (voxhand calibrate).',
    );
    expect(find('camera-disagreement', { fusion: fused(0.007) })).toBeUndefined();
    expect(find('camera-disagreement', {})).toBeUndefined();
  });

  it('say which transform is missing', () => {
    const text = find('camera-place', { cameraProblem: 'camera right is left out: "right_optical" has no parent' });
    expect(text).toMatch(/^Camera right is left out: "right_optical" has no parent\. Publish it on \/tf_static/);
  });

  it('have the counts of each camera among their values', () => {
    const all = nodeDiagnostics(facts({ cameras: [camera('left'), camera('right', { state: 'silent' })] }), []);
    expect(all.find(({ name }) => name === 'tracker: input')?.values).toMatchObject({
      'camera.left.frames': 300,
      'camera.left.lost.late': 1,
      'camera.left.rate_hz': '30.00',
      'camera.right.state': 'silent',
      'camera.right.clock_difference_ms': '1.00',
    });
  });
});
