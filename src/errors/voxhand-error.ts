/**
 * Every error that voxhand throws on purpose, with a code that stays the same across versions.
 *
 * The codes are data: a program may switch on them, a counter may be named after them (see
 * {@link VoxhandError.code}). The text is for people and may change.
 */
export const ERROR_CODES = [
  // depth/
  'DEPTH_ENCODING', // an image encoding that is no depth encoding we know
  'DEPTH_SIZE', // width, height, step or data length do not fit together, or exceed the limit
  'DEPTH_FORMAT', // a compressedDepth format string or header that we cannot read
  'PNG_INVALID', // a damaged, truncated or unsupported PNG
  'RVL_INVALID', // a damaged or truncated RVL stream
  'CAMERA_INVALID', // intrinsics that cannot be (zero focal length, NaN, wrong length)
  'CAMERA_UNSUPPORTED', // a distortion model that we do not honour
  // voxels/, heatmaps/, smoothing/
  'GRID_INVALID',
  'HEATMAP_INVALID',
  'PRIOR_INVALID',
  // inference/
  'MODEL_NOT_FOUND',
  'MODEL_MANIFEST', // a manifest that cannot be read or contradicts itself
  'MODEL_MISMATCH', // sha256, tensor shapes or the self-test disagree with the manifest
  'PROVIDER_UNAVAILABLE',
  'INFERENCE_FAILED',
  'WORKER_LOST', // the inference worker died with this frame in its hands
  // messages/, transport/
  'MESSAGE_INVALID', // CDR or JSON that does not decode as its schema
  'SCHEMA_UNSUPPORTED',
  'MCAP_INVALID',
  'MCAP_TRUNCATED',
  'TOPIC_NOT_FOUND',
  'RECORDING_EMPTY',
  'FILE_NOT_FOUND',
  'FILE_INVALID',
  'WRITE_FAILED',
  'ROS2_UNAVAILABLE',
  'ROS2_MESSAGES_MISSING', // a message package that is not built or not sourced
  'SERVER_FAILED', // a server that cannot listen: port in use, address not ours, TLS files that cannot be used
  'CONNECTION_FAILED', // a server that cannot be reached, refuses us, or speaks another protocol
  // tracking/, cli/
  'CONFIG_INVALID',
  'USAGE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a {@link VoxhandError} carries beside its code: what was expected, what was found, and where. */
export interface ErrorDetail {
  /** What would have been right, in words: `"step >= 1280"`. */
  readonly expected?: string;
  /** What was there instead. */
  readonly found?: string;
  /** Where: a topic, a file and offset, a configuration key, a field. */
  readonly where?: string;
  readonly cause?: unknown;
}

/**
 * The one error class of voxhand.
 *
 * @example
 * ```ts
 * throw new VoxhandError('DEPTH_SIZE', 'image step is too small', {
 *   expected: 'step >= 1280', found: 'step 640', where: 'sensor_msgs/Image.step',
 * });
 * ```
 */
export class VoxhandError extends Error {
  override readonly name = 'VoxhandError';
  readonly code: ErrorCode;
  readonly expected: string | undefined;
  readonly found: string | undefined;
  readonly where: string | undefined;

  constructor(code: ErrorCode, summary: string, detail: ErrorDetail = {}) {
    const parts = [summary];
    if (detail.expected !== undefined) parts.push(`expected ${detail.expected}`);
    if (detail.found !== undefined) parts.push(`found ${detail.found}`);
    if (detail.where !== undefined) parts.push(`at ${detail.where}`);
    super(parts.join('; '), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.expected = detail.expected;
    this.found = detail.found;
    this.where = detail.where;
  }

  /** A plain object for logs and for crossing a worker's boundary. */
  toJSON(): { name: string; code: ErrorCode; message: string; expected?: string; found?: string; where?: string } {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      ...(this.expected === undefined ? {} : { expected: this.expected }),
      ...(this.found === undefined ? {} : { found: this.found }),
      ...(this.where === undefined ? {} : { where: this.where }),
    };
  }

  /** The error that {@link VoxhandError.toJSON} described, on the other side of a worker's boundary. */
  static fromJSON(json: ReturnType<VoxhandError['toJSON']>): VoxhandError {
    const error = new VoxhandError(json.code, '', json);
    error.message = json.message; // already says what was expected, found and where
    return error;
  }
}

/** Narrow an unknown thrown value to a {@link VoxhandError}, wrapping anything else as `INTERNAL`. */
export function toVoxhandError(error: unknown, code: ErrorCode = 'INTERNAL'): VoxhandError {
  if (error instanceof VoxhandError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new VoxhandError(code, text, { cause: error });
}

/** `WRITE_FAILED` with the system's own text for what could not be written; a {@link VoxhandError} stays as it is. */
export function writeFailed(cause: unknown, where: string): VoxhandError {
  if (cause instanceof VoxhandError) return cause;
  return new VoxhandError('WRITE_FAILED', toVoxhandError(cause).message, { where, cause });
}

/**
 * An error's message as a part of a sentence, for people: `cannot pause: expected an active node, found unconfigured`.
 *
 * @param text of {@link VoxhandError.message}; any other text stays as it is
 */
export function inWords(text: string): string {
  const detail = /; (?=(?:expected|found|at) )/;
  return text.replace(detail, ': ').replace(new RegExp(detail, 'g'), ', ');
}
