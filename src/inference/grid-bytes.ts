import { VoxhandError } from '../errors/voxhand-error.js';

/** @throws VoxhandError `GRID_INVALID` unless the grid has `size^3` bytes. */
export function checkGrid(grid: Uint8Array, size: number): void {
  if (grid.length === size ** 3) return;
  throw new VoxhandError('GRID_INVALID', 'the grid does not fit the network', {
    expected: `${size}^3 = ${size ** 3} bytes`,
    found: grid.length === 0 ? '0 bytes (an array that was moved to an inference before?)' : `${grid.length} bytes`,
    where: 'Inference.infer',
  });
}

/** Move a grid out of its array, which becomes empty; one that does not own its whole buffer is copied instead. */
export function moveBytes(grid: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = grid;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== grid.byteLength) return Uint8Array.from(grid);
  return new Uint8Array(structuredClone(buffer, { transfer: [buffer] }));
}
