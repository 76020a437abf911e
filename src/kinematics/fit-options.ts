/** How a hand is fitted; lengths in metres, angles in radians. */
export interface FitOptions {
  /** Steps at most, and the share of the cost below which a gain is the last one. */
  readonly iterations: number;
  readonly tolerance: number;
  /** Standard deviation of each coordinate of a sure joint; less sure ones deviate more. */
  readonly jointNoise: number;
  /** Errors of a joint above this many deviations count less and less (Geman and McClure 1987). */
  readonly jointLimit: number;
  /** Standard deviation of the surface's distance to a seen point; 0: points do not count. */
  readonly surfaceNoise: number;
  /** Seen points farther from the surface than this count less and less. */
  readonly surfaceLimit: number;
  /** At most so many points are looked at, spread over all of them. */
  readonly maxPoints: number;
  /** Weight of the common poses. */
  readonly prior: number;
  /** How much the DIP may differ from two thirds of the PIP. */
  readonly coupling: number;
  /** How fast angles change: standard deviation after one second. */
  readonly angleRate: number;
  /** Standard deviation of how far a bone stands in what was seen to be free; 0: free space does not count. */
  readonly freeSpaceNoise: number;
  readonly freeSpaceLimit: number;
  /** Whether all points were seen from the origin: then no skin that is turned away was seen, and no hand is where the view was free. */
  readonly oneCamera: boolean;
}

export const FIT_OPTIONS: FitOptions = {
  iterations: 4,
  tolerance: 0.04,
  jointNoise: 0.006,
  jointLimit: 4,
  surfaceNoise: 0.0012,
  surfaceLimit: 0.002,
  maxPoints: 200,
  prior: 0.4,
  coupling: 0.3,
  angleRate: 10,
  freeSpaceNoise: 0.005,
  freeSpaceLimit: 0.012,
  oneCamera: true,
};

/** The joints of a hand as they were read once. */
export interface JointReading {
  /** 63 numbers, metres. */
  readonly joints: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: ArrayLike<number>;
  /** The probability that these joints are right, 0 to 1; 1 where nobody says it. */
  readonly presence?: number | undefined;
}

/** What is known of a right hand at one moment, all in one frame whose origin is the camera; its joints are where the fit begins. */
export interface HandEvidence extends JointReading {
  /** What it is fitted to, where that is not `joints` alone: the same hand as several cameras read it. At least one; the first eight count. */
  readonly readings?: readonly JointReading[];
  /** Seen points about the hand: x, y, z, metres. */
  readonly points?: Float32Array;
  /** Distance between neighbouring points, metres. */
  readonly pitch?: number;
  /** Whether points lie on the surface itself; the centre of an occupied voxel lies up to half a voxel off. */
  readonly exact?: boolean;
}
