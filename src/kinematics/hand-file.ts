import { z } from 'zod';
import { parseSettings } from '../errors/setting.js';
import { FINGER_NAMES, type FingerName } from '../hand/skeleton.js';
import type { HandProportions } from './hand-proportions.js';

const three = (schema: z.ZodNumber) => z.tuple([schema, schema, schema]);
const ofFingers = <S extends z.ZodType>(schema: S) =>
  z.strictObject(Object.fromEntries(FINGER_NAMES.map((name) => [name, schema])) as Record<FingerName, S>);
const length = z.number().min(0.005).max(0.12);

/** A hand's proportions as a file holds them: metres. */
const handFile = z.strictObject({
  format: z.literal('voxhand hand 1'),
  roots: ofFingers(three(z.number().min(-0.2).max(0.2))),
  lengths: ofFingers(three(length)),
  thickness: z.number().min(0.4).max(2),
  deviations: z.strictObject({ lengths: ofFingers(three(z.number().min(0))), thickness: z.number().min(0) }).optional(),
  frames: z.int().min(0).optional(),
});

export type HandFile = z.infer<typeof handFile>;

const rounded = (x: number): number => Number(x.toFixed(5));

/** Three numbers of each chain, by its name. */
function byFinger(values: ArrayLike<number>): Record<FingerName, [number, number, number]> {
  const entries = FINGER_NAMES.map((name, chain) => [name, [0, 1, 2].map((k) => rounded(values[3 * chain + k]))]);
  return Object.fromEntries(entries);
}

/**
 * Proportions as plain data for a file, rounded to 10 micrometres.
 *
 * @param learned standard deviations as `ProportionLearner.deviations`, and the number of frames
 */
export function handToFile(
  { roots, lengths, thickness }: HandProportions,
  learned?: { readonly deviations: ArrayLike<number>; readonly frames: number },
): HandFile {
  return {
    format: 'voxhand hand 1',
    roots: byFinger(roots),
    lengths: byFinger(lengths),
    thickness: rounded(thickness),
    ...(learned && {
      deviations: { lengths: byFinger(learned.deviations), thickness: rounded(learned.deviations[18]) },
      frames: learned.frames,
    }),
  };
}

/** @throws VoxhandError `CONFIG_INVALID` where the data is no hand */
export function handFromFile(plain: unknown, where: string): HandProportions {
  const { roots, lengths, thickness } = parseSettings(handFile, plain as HandFile, where);
  const flat = (of: HandFile['lengths']) => Float64Array.from(FINGER_NAMES.flatMap((name) => of[name]));
  return { roots: flat(roots), lengths: flat(lengths), thickness };
}
