import { basename } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import { listed } from '../../errors/shown.js';
import { type McapInfo, provenanceOf } from './info.js';

/** Parts of one recording follow each other; what their topics overlap by is less, nanoseconds. */
const MOST_OVERLAP = 1_000_000_000n;

/**
 * The files of a folder that nobody has described are one recording only where their names say so: `cell_0.mcap`, `cell_1.mcap`.
 *
 * @throws VoxhandError `FILE_INVALID` naming what to do with several recordings
 */
export function refuseSeveral(folder: string, files: readonly string[]): void {
  const stems = new Set(files.map(stemOf));
  if (stems.size <= 1) return;
  throw several(
    folder,
    files,
    `${files.length} files of ${stems.size} names: ${listed(files.map((file) => basename(file)))}`,
  );
}

/**
 * Files that were recorded at the same time are no parts of one recording.
 *
 * @throws VoxhandError `FILE_INVALID` as {@link refuseSeveral}
 */
export function refuseOverlap(
  folder: string,
  parts: readonly Pick<McapInfo, 'path' | 'startTime' | 'endTime' | 'metadata'>[],
): void {
  if (isSplit(parts)) return;
  const timed = parts.flatMap(({ path, startTime, endTime }) =>
    startTime === undefined || endTime === undefined ? [] : [{ path, startTime, endTime }],
  );
  timed.sort((a, b) => (a.startTime < b.startTime ? -1 : 1));
  for (const [i, part] of timed.entries()) {
    const next = timed[i + 1];
    if (next === undefined || part.endTime - next.startTime <= MOST_OVERLAP) continue;
    const seconds = (Number(part.endTime - next.startTime) / 1e9).toFixed(1);
    const names = [part, next].map(({ path }) => basename(path)).join(' and ');
    throw several(
      folder,
      parts.map(({ path }) => path),
      `${names}, which overlap by at least ${seconds} s`,
    );
  }
}

/** Whether one recorder has written them all, and says so. */
function isSplit(parts: readonly Pick<McapInfo, 'metadata'>[]): boolean {
  const said = parts.map((info) => provenanceOf(info));
  const alike = new Set(said.map(({ part: _, ...values }) => JSON.stringify(values)));
  return alike.size === 1 && said.every(({ part }) => part !== undefined);
}

/** `cell` of `cell_0.mcap` and of `cell_1.mcap.partial`. */
function stemOf(path: string): string {
  return basename(path)
    .replace(/\.(db3|mcap(\.partial)?)$/, '')
    .replace(/[-_. ]?\d+$/, '');
}

function several(folder: string, files: readonly string[], found: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'several recordings, not the parts of one', {
    expected: `one of them, such as ${files[0]}; the parts of one recording are called name_0.mcap, name_1.mcap`,
    found,
    where: folder,
  });
}
