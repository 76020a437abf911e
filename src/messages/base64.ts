import { VoxhandError } from '../errors/index.js';

/** As many arguments as a call may have for certain. */
const STEP = 0x8000;

/** Bytes as base64 (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += STEP) binary += String.fromCharCode(...bytes.subarray(i, i + STEP));
  return btoa(binary);
}

/**
 * Bytes from base64; white space in it is skipped.
 *
 * @param where for the error
 * @throws VoxhandError `MESSAGE_INVALID` for other text.
 */
export function fromBase64(text: string, where: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch (cause) {
    throw new VoxhandError('MESSAGE_INVALID', 'not base64', { expected: 'base64', where, cause });
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
