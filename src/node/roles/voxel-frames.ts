import { VoxhandError } from '../../errors/index.js';
import type { NetworkFacts } from '../../inference/inference.js';
import { HAND_VOXELS_SCHEMA, type HandVoxels } from '../../messages/index.js';
import type { SeenFrame, SeenHand, TrackerConfig } from '../../tracking/index.js';

/** How a network's cube is cut: what the two halves of a pipeline must agree on. */
export type CubeFacts = Pick<NetworkFacts, 'gridSize' | 'cubeEdge' | 'roll' | 'handedness'>;

/**
 * Refuse what only a whole pipeline does.
 *
 * @throws VoxhandError `CONFIG_INVALID` for `inference.variants`, as one cube of a hand is sent and no more; and for `rig.fusion: voxels`, as
 * no role has the points of all cameras
 */
export function checkCuttable({ inference: { variants }, cameras, rig }: TrackerConfig): void {
  if (variants.edges.length > 0) {
    throw new VoxhandError('CONFIG_INVALID', 'variants of the cube in a pipeline that is cut', {
      expected: 'no variants, or distribution.role whole',
      found: `${variants.edges.length} edges`,
      where: 'inference.variants.edges',
    });
  }
  if (Object.keys(cameras).length === 0 || rig.fusion === 'joints') return;
  throw new VoxhandError('CONFIG_INVALID', 'voxels of several cameras in a pipeline that is cut', {
    expected: 'joints, or distribution.role whole',
    found: rig.fusion,
    where: 'rig.fusion',
  });
}

/** What the camera half saw of one hand, as it is sent. The grid's memory is shared with the frame. */
export function voxelsOfHand(
  { stamp, frameId, hands }: SeenFrame,
  hand: SeenHand,
  origin: Pick<HandVoxels, 'camera' | 'session' | 'sequence'>,
): HandVoxels {
  const { id: handId, handedness, handednessScore = 0.5 } = hand;
  const common = { stamp, frameId, ...origin, handId, hands: hands.length, handedness, handednessScore };
  if (hand.state === 'lost') return { ...common, seen: { state: 'lost', reason: hand.reference.reason } };
  const { cube, size, data, occupied } = hand.grid;
  const { confidence, source, arm } = hand.reference.point;
  const { surface } = hand;
  return {
    ...common,
    seen: { state: 'found', cube, confidence, source, arm, size, data, occupied, ...(surface && { surface }) },
  };
}

/**
 * What was sent of a hand, as the inference half takes it.
 *
 * @throws VoxhandError `GRID_INVALID` for a cube that is cut in another way than this network was trained on: it would answer
 * joints at wrong places
 */
export function handOfVoxels(voxels: HandVoxels, model: CubeFacts): SeenHand {
  const { handId: id, handedness, handednessScore, seen } = voxels;
  const common = { id, handedness, handednessScore };
  if (seen.state === 'lost') {
    return { ...common, state: 'lost', reference: { state: 'lost', reason: seen.reason } };
  }
  const { cube, confidence, source, arm, size, data, occupied, surface } = seen;
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
  return { ...common, state: 'found', reference: { state: 'found', point }, grid, ...(surface && { surface }) };
}

function demand(right: boolean, field: string, expected: string, found: string): void {
  if (right) return;
  const where = `${HAND_VOXELS_SCHEMA}.${field}`;
  throw new VoxhandError('GRID_INVALID', 'voxels for another network', { expected, found, where });
}
