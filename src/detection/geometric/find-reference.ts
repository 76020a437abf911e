import type { OperatorFunction } from 'rxjs';
import { concatMap, defer, from, map, of } from 'rxjs';
import type { DepthFrame } from '../../depth/depth-frame.js';
import type { ReferenceConfig } from './reference-config.js';
import type { ReferenceResult } from './reference-point.js';
import type { ReferenceRefiner } from './reference-refiner.js';
import { createReferenceTracker } from './reference-tracker.js';

/** A depth frame with what the reference room says about it. */
export interface ReferencedFrame {
  readonly frame: DepthFrame;
  readonly reference: ReferenceResult;
}

/**
 * Find the hand in each depth frame: one result a frame, in order, found or lost.
 *
 * Every subscription tracks for itself. A refiner that answers later delays its frame and those behind it; nothing is
 * dropped here, so put the frame policy before this operator.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * const frame = { stamp: 0n, frameId: 'camera', width: 1, height: 1, depth: new Float32Array(1),
 *   camera: { width: 1, height: 1, fx: 1, fy: 1, cx: 0, cy: 0 } };
 * of(frame).pipe(findReference()).subscribe(({ reference }) => console.log(reference.state)); // lost
 * ```
 */
export function findReference(
  config: Partial<ReferenceConfig> = {},
  refiner?: ReferenceRefiner,
): OperatorFunction<DepthFrame, ReferencedFrame> {
  return (frames) =>
    defer(() => {
      const tracker = createReferenceTracker(config);
      const tracked = frames.pipe(map((frame): ReferencedFrame => ({ frame, reference: tracker.track(frame) })));
      if (refiner === undefined) return tracked;
      return tracked.pipe(
        concatMap(({ frame, reference }) => {
          if (reference.state === 'lost') return of({ frame, reference });
          return from(Promise.resolve(refiner.refine(frame, reference.point))).pipe(
            map((point): ReferencedFrame => ({ frame, reference: { state: 'found', point } })),
          );
        }),
      );
    });
}
