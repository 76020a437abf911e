/**
 * 3D heat maps of one cube, as a network returns them.
 *
 * `data[((joint * size + z) * size + y) * size + x]`, axes as in `VoxelGrid`. A joint at cube coordinate c in [0, 1)
 * has its peak at the continuous cell position c * size - 0.5: cell i's centre lies at (i + 0.5) / size.
 */
export interface HeatMaps {
  readonly joints: number;
  readonly size: number;
  readonly data: Float32Array;
}

/**
 * Joints read off heat maps, in cube coordinates: `positions[3 * joint + 0..2]` = x, y, z in [0, 1] of the cube's edge
 * (0.5 is the cube's centre).
 */
export interface DecodedJoints {
  readonly positions: Float64Array;
  /** One a joint, in [0, 1]. */
  readonly confidences: Float32Array;
}
