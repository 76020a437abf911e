import { type ErrorCode, VoxhandError } from '../errors/voxhand-error.js';

/** What the process says when it ends. A signal gives 128 plus its number. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** The command line or something that it names is wrong. */
  usage: 2,
  /** Done, but not with everything: frames were dropped, or the input breaks off. */
  loss: 3,
} as const;

const USAGE_CODES: readonly ErrorCode[] = [
  'USAGE',
  'CONFIG_INVALID',
  'FILE_NOT_FOUND',
  'TOPIC_NOT_FOUND',
  'MODEL_NOT_FOUND',
];

export function exitCodeOf(error: unknown): number {
  return error instanceof VoxhandError && USAGE_CODES.includes(error.code) ? EXIT.usage : EXIT.failed;
}
