import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';
import { VoxhandError } from '../errors/index.js';
import { checkCdr } from './check-cdr.js';
import type { Codec } from './codec.js';
import { conform } from './conform.js';
import type { RosMessages } from './generated.js';
import { knownDefinition, parseDefinition, type RosDefinition } from './ros2-definition.js';

const known = new Map<string, Codec<unknown>>();

/**
 * The codec of a ROS 2 message: CDR bytes, and the complete ros2msg text as schema. One and the same serves ROS 2, MCAP
 * and Foxglove.
 *
 * @param schemaName `voxhand_msgs/msg/HandJoints`, or any of ROS 2 Jazzy's common messages.
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a type that we have no definition of.
 * @example
 * ```ts
 * const codec = cdrCodec('geometry_msgs/msg/PointStamped');
 * const bytes = codec.encode({
 *   header: { stamp: { sec: 1, nanosec: 0 }, frame_id: 'camera' }, point: { x: 0, y: 0, z: 0.5 },
 * });
 * codec.decode(bytes).point.z; // 0.5
 * ```
 */
export function cdrCodec<Name extends keyof RosMessages>(schemaName: Name): Codec<RosMessages[Name]>;
export function cdrCodec(schemaName: string): Codec<unknown>;
export function cdrCodec(schemaName: string): Codec<unknown> {
  let codec = known.get(schemaName);
  if (codec === undefined) {
    codec = codecOf(knownDefinition(schemaName));
    known.set(schemaName, codec);
  }
  return codec;
}

/**
 * The codec of a ROS 2 message by the ros2msg text that came with it.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a text that is no complete definition.
 */
export function cdrCodecFromText(schemaName: string, text: string): Codec<unknown> {
  return codecOf(parseDefinition(schemaName, text));
}

function codecOf(definition: RosDefinition): Codec<unknown> {
  const types = [...definition.types];
  const reader = new MessageReader(types);
  const writer = new MessageWriter(types);
  const { schemaName } = definition;
  return {
    schemaName,
    schemaEncoding: 'ros2msg',
    schemaData: new TextEncoder().encode(definition.text),
    messageEncoding: 'cdr',
    encode: (message) => {
      const value = conform(definition, message);
      return orInvalid(schemaName, () => writer.writeMessage(value));
    },
    decode: (bytes) => {
      refusePacked(schemaName, bytes);
      checkCdr(definition, bytes);
      return orInvalid(schemaName, () => reader.readMessage(bytes));
    },
  };
}

/** What zstd data begins with; CDR begins with 0. */
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** Recorders that compress each message by itself leave its schema as it was. */
function refusePacked(where: string, bytes: Uint8Array): void {
  if (!ZSTD_MAGIC.every((byte, i) => bytes[i] === byte)) return;
  throw new VoxhandError('MESSAGE_INVALID', 'the message is compressed by itself (zstd)', {
    expected:
      'messages as they were sent: unpack a bag with "output_bags: [{uri: bag_plain, storage_id: mcap, all_topics: true}]" in ' +
      'convert.yaml and ros2 bag convert -i FOLDER -o convert.yaml; record with --storage-preset-profile zstd_fast in place of ' +
      '--compression-mode message',
    where,
  });
}

function orInvalid<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new VoxhandError('MESSAGE_INVALID', (cause as Error).message, { where, cause });
  }
}
