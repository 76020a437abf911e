import { recordedCodec } from '../../messages/recorded-codec.js';
import { type Channel, schemaOf } from '../../transport/foxglove/protocol/index.js';

/** Decodes one channel's messages. Throws `VoxhandError` for a message that does not fit its schema. */
export type Decoder = (data: Uint8Array) => unknown;

/**
 * By the schema that the channel brought along.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for an encoding that is not read here, and for a damaged schema.
 */
export function decoderFor(channel: Channel): Decoder {
  return recordedCodec(schemaOf(channel)).decode;
}
