import { VoxhandError } from '../../errors/index.js';
import type { FileReadable } from './file-readable.js';

/** What a file is that is no MCAP, and what its owner can do. */
export interface OtherFormat {
  readonly what: string;
  readonly remedy: string;
}

export const CONVERT_BAG =
  'MCAP: put "output_bags: [{uri: bag_mcap, storage_id: mcap, all_topics: true}]" into convert.yaml and run ' +
  'ros2 bag convert -i FOLDER -o convert.yaml';

interface KnownFormat {
  readonly magic: string;
  readonly what: string;
  readonly remedy: (path: string) => string;
}

const FORMATS: readonly KnownFormat[] = [
  {
    magic: 'SQLite format 3\0',
    what: 'a ROS 2 bag in sqlite3',
    remedy: (path) => `MCAP, which voxhand cut ${path} -o ${without(path, 'db3')}.mcap makes of it`,
  },
  {
    magic: '#ROSBAG V2.0',
    what: 'a ROS 1 bag, which is not read',
    remedy: (path) => `MCAP: mcap convert ${path} ${without(path, 'bag')}.mcap`,
  },
  {
    magic: '\x28\xb5\x2f\xfd',
    what: 'a file that is compressed as a whole (zstd)',
    remedy: (path) => `it unpacked: zstd -d ${path} -o ${unpackedName(path)}`,
  },
  {
    magic: '\x1f\x8b',
    what: 'a file that is compressed as a whole (gzip)',
    remedy: (path) => `it unpacked: gzip -dc ${path} > ${unpackedName(path)}`,
  },
];

/** What the first bytes say the file is; undefined where we do not know them. */
export async function otherFormat(file: FileReadable): Promise<OtherFormat | undefined> {
  const size = Number(await file.size());
  const longest = Math.max(...FORMATS.map(({ magic }) => magic.length));
  const bytes = await file.read(0n, BigInt(Math.min(size, longest)));
  const text = Buffer.from(bytes).toString('latin1');
  const found = FORMATS.find(({ magic }) => text.startsWith(magic));
  return found && { what: found.what, remedy: found.remedy(file.path) };
}

/** @throws VoxhandError `FILE_INVALID` for a file of a format that we know and do not read, with what can be done */
export async function refuseOtherFormat(file: FileReadable): Promise<void> {
  const other = await otherFormat(file);
  if (other !== undefined)
    throw new VoxhandError('FILE_INVALID', other.what, { expected: other.remedy, where: file.path });
}

/** What a file that is compressed as a whole is called when it is not. */
export function unpackedName(path: string): string {
  const name = without(path, 'zstd|zst|gz');
  return name === path ? `${path}.mcap` : name;
}

function without(path: string, endings: string): string {
  return path.replace(new RegExp(`\\.(${endings})$`), '');
}
