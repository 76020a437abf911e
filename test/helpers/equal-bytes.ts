import { expect } from 'vitest';

const REGISTERED = Symbol.for('voxhand equal bytes');

/**
 * Typed arrays of the same bytes are equal: by default each of their numbers is looked up by its name, which takes a second for a depth
 * image. Others are left to that, which says where they differ.
 */
function haveEqualBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
  return a.byteLength === b.byteLength && Buffer.compare(bytesOf(a), bytesOf(b)) === 0 ? true : undefined;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

// this file is run before each test file, and several may share a process
if (!Reflect.has(globalThis, REGISTERED)) {
  expect.addEqualityTesters([haveEqualBytes]);
  Reflect.set(globalThis, REGISTERED, true);
}
