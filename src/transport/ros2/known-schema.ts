import { VoxhandError } from '../../errors/index.js';
import { cdrCodec, type MessageSchema } from '../../messages/index.js';

/** What decodes a type's messages, by our own definitions; undefined for a type that we have none of. */
export function knownSchema(schemaName: string): MessageSchema | undefined {
  try {
    return cdrCodec(schemaName);
  } catch (error) {
    if (error instanceof VoxhandError && error.code === 'SCHEMA_UNSUPPORTED') return undefined;
    throw error;
  }
}
