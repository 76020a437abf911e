import { describe, expect, it } from 'vitest';
import {
  composeTransforms,
  invertTransform,
  matrixQuaternion,
  type Transform,
  transformPoints,
  type Vec3,
} from '../geometry/index.js';
import { CAMERAS, SENSORS } from '../synthetic/cameras.js';
import { syntheticRig } from '../synthetic/rig-stream.js';
import { type Alignment, type JointTrack, placeDifference } from './align-tracks.js';
import { refineBySurface, type SurfacePatch, surfacePatch } from './refine-surface.js';

const SECONDS = 1_000_000_000;
/** A turn of 0.7 degrees and 4 mm. */
const WRONG: Transform = {
  translation: [0.003, -0.002, 0.002],
  rotation: [0.004, -0.004, 0.002, Math.sqrt(1 - 0.000036)],
};

/** A waving hand as two cameras see it, with joints that are right and a first alignment that is not. */
function waving(seed: number, clock: number) {
  const rig = syntheticRig({
    ...{ preset: 'two-cameras', motion: 'waving', frames: 20, fps: 8, seed, phase: 0.2, clockOffset: clock },
    ...{ camera: CAMERAS.small, sensor: SENSORS.sr305 },
  });
  const patches: SurfacePatch[][] = [[], []];
  const stamps = Array.from({ length: 90 }, (_, i) => i / 30);
  const joints = stamps.map((time) => rig.jointsAt(BigInt(Math.round(time * SECONDS))) as Float64Array);
  for (const { camera, frame, hands } of rig) {
    patches[camera].push(surfacePatch(frame, hands[0].joints, Number(frame.stamp) / SECONDS));
  }
  const { translation, rotation } = rig.cameras[1].pose;
  const truth: Transform = { translation, rotation: matrixQuaternion(rotation) };
  const middle = Array.from(joints[30].subarray(27, 30)) as unknown as Vec3;
  const about = { translation: middle, rotation: [0, 0, 0, 1] } as const;
  const alignment: Alignment = {
    place: composeTransforms(composeTransforms(composeTransforms(about, WRONG), invertTransform(about)), truth),
    ...{ clockOffset: 0.004 - clock, moments: 20, outliers: 0, residual: { median: 0.005, p90: 0.01 } },
    coverage: { extent: [0.3, 0.2, 0.2], middle, speed: 0.3, duration: 2.5 },
    error: { metres: 0.004, degrees: 0.7 },
  };
  const confidences = joints.map(() => new Float32Array(21).fill(0.8));
  const track: JointTrack = { stamps, positions: joints, confidences };
  const errorOf = ({ place }: Alignment) =>
    placeDifference(place, truth, transformPoints(invertTransform(truth), middle));
  return { patches, track, alignment, errorOf };
}

describe('an alignment by joints', () => {
  it.each([
    [1, 0.015],
    [2, -0.03],
  ])('is made exact by the surface that both cameras see, place and clock (seed %i)', (seed, clock) => {
    const { patches, track, alignment, errorOf } = waving(seed, clock);
    expect(errorOf(alignment).metres).toBeGreaterThan(0.004);
    expect(errorOf(alignment).degrees).toBeGreaterThan(0.6);
    const refined = refineBySurface(alignment, track, patches[0], patches[1]);
    expect(errorOf(refined).metres).toBeLessThan(0.0015);
    expect(errorOf(refined).degrees).toBeLessThan(0.15);
    expect(Math.abs(refined.clockOffset + clock)).toBeLessThan(0.002);
    expect(refined.surface?.median).toBeLessThan(0.0015);
    expect(refined.surface?.points).toBeGreaterThan(1000);
    expect(refined.error.metres).toBeLessThan(0.002);
    expect(refined.residual).toBe(alignment.residual);
  });

  it('stays as it is where the cameras saw too little of one surface, or at other times', () => {
    const { patches, track, alignment } = waving(1, 0);
    const empty = patches[1].map((patch) => ({ ...patch, points: patch.points.slice().fill(Number.NaN) }));
    expect(refineBySurface(alignment, track, patches[0], empty)).toBe(alignment);
    const later = patches[1].map((patch) => ({ ...patch, time: patch.time + 10 }));
    expect(refineBySurface(alignment, track, patches[0], later)).toBe(alignment);
    expect(refineBySurface(alignment, track, patches[0], patches[1].slice(0, 5))).toBe(alignment);
  });
});
