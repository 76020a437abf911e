import type { DepthFrame } from '../../src/depth/depth-frame.js';
import type { HandJoints } from '../../src/hand/hand-joints.js';

export interface SeenHand {
  readonly frame: DepthFrame;
  readonly truth: HandJoints;
}

/** What a camera sees that is rolled by a quarter turn: a portrait picture, and the hand in its frame. The camera has no `rays`. */
export function quarterTurned({ frame, truth }: SeenHand): SeenHand {
  const { width, height, depth, camera } = frame;
  const turned = new Float32Array(depth.length);
  // (x, y) becomes (y, -x)
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) turned[(width - 1 - u) * height + v] = depth[v * width + u];
  }
  const { fx, fy, cx, cy } = camera;
  const positions = truth.positions.map((value, i, all) =>
    i % 3 === 0 ? all[i + 1] : i % 3 === 1 ? -all[i - 1] : value,
  );
  return {
    frame: {
      ...frame,
      width: height,
      height: width,
      depth: turned,
      camera: { width: height, height: width, fx: fy, fy: fx, cx: cy, cy: width - 1 - cx },
    },
    truth: { ...truth, positions },
  };
}
