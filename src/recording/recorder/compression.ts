/**
 * How chunks are packed. `none`: as they are, for fast disks. `fast`: zstd at its quick levels, which raw depth images shrink
 * several times by. `small`: zstd at a level that takes several times as long for some percent.
 */
export const RECORDING_COMPRESSIONS = ['none', 'fast', 'small'] as const;
export type RecordingCompression = (typeof RECORDING_COMPRESSIONS)[number];

/** zstd's levels. */
export const ZSTD_LEVELS: Readonly<Record<Exclude<RecordingCompression, 'none'>, number>> = { fast: 1, small: 6 };
