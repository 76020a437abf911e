import { z } from 'zod';
import { parseSettings } from '../../errors/setting.js';
import { JOINT_NAMES } from '../../hand/index.js';

const millimetres = (fallback: number) => z.number().min(0).max(10_000).default(fallback);
const count = (fallback: number) => z.int().min(0).default(fallback);
const seconds = (fallback: number) => z.number().min(0).max(3600).default(fallback);

const jointLimits = z.strictObject({
  meanMm: z.number().min(0).max(10_000).optional(),
  p95Mm: z.number().min(0).max(10_000).optional(),
  maxMm: z.number().min(0).max(10_000).optional(),
});

/**
 * What may differ between a golden recording and a new one. Everything that is left out has its default; the defaults
 * allow for the last digits of another processor's arithmetic, not for another model.
 */
export const toleranceSchema = z.strictObject({
  /** Distance between golden and new joints: the mean over all joints of all frames, and over each joint by itself. */
  meanMm: millimetres(0.5),
  /** What 95 of 100 distances do not exceed; of all joints, and of each by itself. */
  p95Mm: millimetres(1),
  /** Largest distance of any joint in any frame. */
  maxMm: millimetres(5),
  /** Limits of single joints by their names, in place of the three above. */
  joints: z.partialRecord(z.enum(JOINT_NAMES), jointLimits).default({}),
  /** Golden results without a new one of the same stamp. */
  missing: count(0),
  /** New results without a golden one. */
  extra: count(0),
  /** Results with a hand where the golden one has none. */
  foundChanges: count(0),
  /** Results without a hand where the golden one has one. */
  lostChanges: count(0),
  /** Results whose handedness, frame of reference or skeleton differs, and hands that go on under another id. */
  identityChanges: count(0),
  /** Mean difference of a joint's confidences, without sign. */
  confidence: z.number().min(0).max(1).default(0.05),
  /** How far the stamps of a golden and a new result may lie apart to be compared, seconds; 0: they are equal. */
  stamp: seconds(0),
  /** Gesture events. */
  events: z
    .strictObject({
      missing: count(0),
      extra: count(0),
      /** By how much one may move, seconds. */
      shift: seconds(0.1),
      /** Farther apart, two events are not the same one, seconds. */
      window: seconds(1),
    })
    .prefault({}),
  /** Times are compared but do not decide, unless a limit is set here. */
  timing: z
    .strictObject({
      /** By how much the mean of log time minus stamp may rise, seconds. */
      latency: z.number().min(0).optional(),
      /** By what share the rate may differ. */
      rate: z.number().min(0).optional(),
      /** By how much the longest gap may grow, seconds. */
      gap: z.number().min(0).optional(),
      /** New results that may come after one of a later stamp. */
      outOfOrder: z.int().min(0).optional(),
    })
    .prefault({}),
});

/** All limits of a comparison. */
export type Tolerances = z.output<typeof toleranceSchema>;

/** Limits as a user writes them: whatever is left out has its default. */
export type ToleranceSettings = z.input<typeof toleranceSchema>;

/**
 * Tolerances with every default filled in.
 *
 * @throws VoxhandError `CONFIG_INVALID` that names each key that is unknown or out of range.
 * @example
 * ```ts
 * const strict = tolerances({ meanMm: 0, p95Mm: 0, maxMm: 0 });
 * ```
 */
export function tolerances(settings: ToleranceSettings = {}, where = 'tolerances'): Tolerances {
  return parseSettings(toleranceSchema, settings, where);
}
