/** The types of `voxhand/testing`. Checked by `npm run typecheck`; nothing here runs. */
import type { Observable } from 'rxjs';
import { expectTypeOf } from 'vitest';
import type { DepthFrame, HandJoints, Inference, LiveBus } from '../../src/index.js';
import {
  CAMERAS,
  idealInference,
  MemoryBus,
  parseFaults,
  renderHeatMaps,
  stubInference,
  syntheticStream,
  voxhandMatchers,
  withFaults,
} from '../../src/testing.js';

expectTypeOf(new MemoryBus({ capacity: 4, policy: 'drop-oldest' as never })).toExtend<LiveBus>();
for (const { frame, truth } of syntheticStream({ preset: 'hard', frames: 3, camera: CAMERAS.small })) {
  expectTypeOf(frame).toEqualTypeOf<DepthFrame>();
  expectTypeOf(truth).toEqualTypeOf<HandJoints>();
}
// @ts-expect-error no such preset
syntheticStream({ preset: 'easy', frames: 1 });

const stub = stubInference(() => renderHeatMaps(new Float64Array(63).fill(0.5), 44, 1.7));
expectTypeOf(stub).toEqualTypeOf<Inference>();
expectTypeOf(idealInference(() => undefined, stub.model)).toEqualTypeOf<Inference>();
expectTypeOf(voxhandMatchers.toReproduce).returns.resolves.toHaveProperty('pass');
expectTypeOf(parseFaults).parameter(0).toBeString();
expectTypeOf(withFaults).returns.toExtend<(source: Observable<never>) => Observable<unknown>>();
