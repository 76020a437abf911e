import { MessageReader } from '@foxglove/rosmsg-serialization';
import { VoxhandError } from '../errors/index.js';
import { orInvalid } from './cdr-codec.js';
import { checkRos1 } from './check-cdr.js';
import type { Codec } from './codec.js';
import { parseDefinition } from './ros2-definition.js';

/**
 * The codec of a message of ROS 1, as MCAP files made of ROS 1 bags hold them, by the ros1msg text that came with it. It reads
 * only: we write ROS 2. Times have the fields `sec` and `nsec`, a CameraInfo has `K` and `D`, as in ROS 1.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a text that is no complete definition, and from `encode`.
 */
export function ros1CodecFromText(schemaName: string, text: string): Codec<unknown> {
  const definition = parseDefinition(schemaName, text, 'ros1msg');
  const reader = new MessageReader([...definition.types]);
  return {
    schemaName,
    schemaEncoding: 'ros1msg',
    schemaData: new TextEncoder().encode(text),
    messageEncoding: 'ros1',
    encode: () => {
      throw new VoxhandError('SCHEMA_UNSUPPORTED', 'messages of ROS 1 are read and not written', { where: schemaName });
    },
    decode: (bytes) => {
      checkRos1(definition, bytes);
      return orInvalid(schemaName, () => reader.readMessage(bytes));
    },
  };
}
