import { VoxhandError } from '../../errors/index.js';
import type { NetworkFacts } from '../../inference/inference.js';
import { HAND_VOXELS_SCHEMA, type HandVoxels } from '../../messages/index.js';
import { type SeenFrame, type SeenHand, SINGLE_HAND, type TrackerConfig } from '../../tracking/index.js';

/** How a network's cube is cut: what the two halves of a pipeline must agree on. */
export type CubeFacts = Pick<NetworkFacts, 'gridSize' | 'cubeEdge' | 'roll' | 'handedness'>;

/** @throws VoxhandError `CONFIG_INVALID` for `inference.variants`: one cube of a frame is sent, and no more */
export function refuseVariants({ inference: { variants } }: TrackerConfig): void {
  if (variants.edges.length === 0) return;
  throw new VoxhandError('CONFIG_INVALID', 'variants of the cube in a pipeline that is cut', {
    expected: 'no variants, or distribution.role whole',
    found: `${variants.edges.length} edges`,
    where: 'inference.variants.edges',
  });
}

/** What the camera half saw of one hand, as it is sent. The grid's memory is shared with the frame. */
export function voxelsOfHand(
  { stamp, frameId }: SeenFrame,
  hand: SeenHand,
  origin: Pick<HandVoxels, 'camera' | 'session' | 'sequence'>,
): HandVoxels {
  const common = { stamp, frameId, handedness: hand.handedness, ...origin };
  if (hand.state === 'lost') return { ...common, seen: { state: 'lost', reason: hand.reference.reason } };
  const { cube, size, data, occupied } = hand.grid;
  const { confidence, source, arm } = hand.reference.point;
  return { ...common, seen: { state: 'found', cube, confidence, source, arm, size, data, occupied } };
}

/**
 * What was sent, as the inference half takes it: a frame with one hand. A message carries no id, so a camera sends one hand.
 *
 * @throws VoxhandError `GRID_INVALID` for a cube that is cut in another way than this network was trained on: it would answer
 * joints at wrong places
 */
export function frameOfVoxels(voxels: HandVoxels, model: CubeFacts): SeenFrame {
  const { stamp, frameId, handedness, seen } = voxels;
  const common = { id: SINGLE_HAND, handedness };
  const ofHand = (hand: SeenHand): SeenFrame => ({ stamp, frameId, hands: [hand] });
  if (seen.state === 'lost') {
    return ofHand({ ...common, state: 'lost', reference: { state: 'lost', reason: seen.reason } });
  }
  const { cube, confidence, source, arm, size, data, occupied } = seen;
  demand(cube.edge === model.cubeEdge, 'edge', `${model.cubeEdge} m`, `${cube.edge} m`);
  demand(
    model.roll !== 'none' || cube.roll === 0,
    'roll',
    '0, for a network that sees the cube upright',
    `${cube.roll}`,
  );
  const mirrored = model.handedness !== 'any' && model.handedness !== handedness;
  const hand = `for a ${handedness} hand and a network of ${model.handedness} ones`;
  demand(cube.mirror === mirrored, 'mirror', `${mirrored}, ${hand}`, `${cube.mirror}`);
  const point = { position: cube.center, arm, confidence, source };
  const grid = { cube, size, data, occupied };
  return ofHand({ ...common, state: 'found', reference: { state: 'found', point }, grid });
}

function demand(right: boolean, field: string, expected: string, found: string): void {
  if (right) return;
  const where = `${HAND_VOXELS_SCHEMA}.${field}`;
  throw new VoxhandError('GRID_INVALID', 'voxels for another network', { expected, found, where });
}
