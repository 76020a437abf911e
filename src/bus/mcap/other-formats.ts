import type { FileReadable } from './file-readable.js';

/** What a file is that is no MCAP, and what its owner can do. */
export interface OtherFormat {
  readonly what: string;
  readonly remedy: string;
}

export const CONVERT_BAG =
  'MCAP: put "output_bags: [{uri: bag_mcap, storage_id: mcap, all_topics: true}]" into convert.yaml and run ' +
  'ros2 bag convert -i FOLDER -o convert.yaml';

const FORMATS: readonly (OtherFormat & { readonly magic: string })[] = [
  { magic: 'SQLite format 3\0', what: 'a ROS 2 bag in sqlite3, which is not read', remedy: CONVERT_BAG },
  { magic: '#ROSBAG V2.0', what: 'a ROS 1 bag, which is not read', remedy: 'MCAP: mcap convert in.bag out.mcap' },
  {
    magic: '\x28\xb5\x2f\xfd',
    what: 'a file that is compressed as a whole (zstd)',
    remedy: 'it unpacked: zstd -d file.mcap.zstd',
  },
  {
    magic: '\x1f\x8b',
    what: 'a file that is compressed as a whole (gzip)',
    remedy: 'it unpacked: gzip -d file.mcap.gz',
  },
];

/** What the first bytes say the file is; undefined where we do not know them. */
export async function otherFormat(file: FileReadable): Promise<OtherFormat | undefined> {
  const size = Number(await file.size());
  const longest = Math.max(...FORMATS.map(({ magic }) => magic.length));
  const bytes = await file.read(0n, BigInt(Math.min(size, longest)));
  const text = Buffer.from(bytes).toString('latin1');
  return FORMATS.find(({ magic }) => text.startsWith(magic));
}
