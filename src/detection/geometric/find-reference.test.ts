import { firstValueFrom, from, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DepthFrame } from '../../depth/depth-frame.js';
import { CAMERAS } from '../../synthetic/cameras.js';
import { syntheticStream } from '../../synthetic/synthetic-stream.js';
import { findReference } from './find-reference.js';
import { identityRefiner, type ReferenceRefiner } from './reference-refiner.js';

const frames = [...syntheticStream({ preset: 'demo', frames: 4, camera: CAMERAS.small })].map(({ frame }) => frame);
const empty: DepthFrame = { ...frames[0], depth: new Float32Array(frames[0].depth.length) };

describe('findReference', () => {
  it('gives one result for each frame, in order, found or lost', async () => {
    const results = await firstValueFrom(from([...frames, empty]).pipe(findReference(), toArray()));
    expect(results.map(({ frame }) => frame)).toEqual([...frames, empty]);
    expect(results.map(({ reference }) => reference.state)).toEqual(['found', 'found', 'found', 'found', 'lost']);
  });

  it('tracks each subscription for itself', async () => {
    const stream = from(frames).pipe(findReference(), toArray());
    expect(await firstValueFrom(stream)).toEqual(await firstValueFrom(stream));
  });

  it('refines what is found, in order even if the refiner answers late, and leaves what is lost', async () => {
    let calls = 0;
    const refiner: ReferenceRefiner = {
      kind: 'rom',
      refine: async (_frame, point) => {
        const call = calls++;
        await new Promise((resolve) => setTimeout(resolve, call === 0 ? 20 : 0));
        return { ...point, position: [call, 0, 0] };
      },
    };
    const results = await firstValueFrom(
      from([frames[0], empty, frames[1]]).pipe(findReference({}, refiner), toArray()),
    );
    const positions = results.map(({ reference }) => (reference.state === 'found' ? reference.point.position[0] : -1));
    expect(positions).toEqual([0, -1, 1]);
  });

  it('with the identity refiner is as without', async () => {
    const plain = await firstValueFrom(from(frames).pipe(findReference(), toArray()));
    const refined = await firstValueFrom(from(frames).pipe(findReference({}, identityRefiner), toArray()));
    expect(refined).toEqual(plain);
  });

  it('errors where the refiner fails', async () => {
    const refiner: ReferenceRefiner = { kind: 'com', refine: () => Promise.reject(new Error('no model')) };
    await expect(firstValueFrom(of(frames[0]).pipe(findReference({}, refiner)))).rejects.toThrow('no model');
  });

  it('refuses an impossible configuration when it is subscribed to', async () => {
    await expect(firstValueFrom(of(frames[0]).pipe(findReference({ comRadius: -1 })))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
