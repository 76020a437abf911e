/** The bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Its numbers of 16 bits, little-endian, whatever the machine. */
export function int16Of(base64: string): Int16Array {
  const { buffer, length } = bytesOf(base64);
  const view = new DataView(buffer);
  return Int16Array.from({ length: length / 2 }, (_, i) => view.getInt16(2 * i, true));
}
