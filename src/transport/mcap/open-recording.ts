import { stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { McapConstants } from '@mcap/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { VoxhandError } from '../../errors/index.js';
import { exists, filesIn, firstBytes, pathWithin, readBounded, unreadable } from '../port/files.js';
import { isSqlite, openDb3 } from './db3-source.js';
import { openMcap } from './mcap-source.js';
import { MergedSource } from './merged-source.js';
import { refuseOverlap, refuseSeveral } from './one-recording.js';
import { CONVERT_BAG, unpackedName } from './other-formats.js';
import type { RecordingSource } from './recording-source.js';

/** What rosbag2 writes beside its files, as far as it matters here. */
const bagMetadata = z.object({
  rosbag2_bagfile_information: z.object({
    storage_identifier: z.string(),
    relative_file_paths: z.array(z.string()).min(1),
    compression_mode: z.string().default(''),
    compression_format: z.string().default(''),
  }),
});

const METADATA_FILE = 'metadata.yaml';
const MOST_METADATA_BYTES = 16 << 20;
const MOST_FILES = 10_000;

/**
 * Open a recording: an MCAP file, a bag of rosbag2 in sqlite3 (`.db3`), or a folder of either as one. In a folder by rosbag2 its
 * metadata.yaml names the files, of which those that it compressed as a whole must have been unpacked; further parts of their series are
 * read too. In any other folder they are all that end in `.mcap`, in natural order, such as the parts of a split recording, and in
 * `.mcap.partial` where a crash left that only; or, where there are none, all that end in `.db3`.
 *
 * @throws VoxhandError as `openMcap` and `openDb3` for each file; `FILE_INVALID` for several recordings that are not the parts of one, or for a bag in
 * another storage, with what can be done
 * @example
 * ```ts
 * const recording = await openRecording('rosbag2_2026_11_22');
 * for await (const message of recording.subscribe(['/tf_static'])) console.log(message.logTime);
 * await recording.close();
 * ```
 */
export async function openRecording(path: string): Promise<RecordingSource> {
  if (!(await isFolder(path))) return openFile(path);
  const { files, unlisted } = await filesOf(path);
  const parts: RecordingSource[] = [];
  try {
    for (const file of files) parts.push(await openFile(file));
    // those of a bag are named by its metadata
    if (!(await exists(join(path, METADATA_FILE))))
      refuseOverlap(
        path,
        parts.map((part) => part.info()),
      );
  } catch (error) {
    await Promise.all(parts.map((part) => part.close()));
    throw error;
  }
  return new MergedSource(path, parts, unlisted);
}

async function openFile(path: string): Promise<RecordingSource> {
  return (await isSqlite(path)) ? openDb3(path) : openMcap(path);
}

/**
 * The files of a recording in their order: a file itself, or those of a folder as {@link openRecording} takes it.
 *
 * @throws VoxhandError `FILE_INVALID` for a folder without a recording, or with a bag in another storage than MCAP and sqlite3
 */
export async function recordingFiles(path: string): Promise<readonly string[]> {
  return (await isFolder(path)) ? (await filesOf(path)).files : [path];
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The files of a folder, and the names of those that its metadata.yaml does not name. */
interface FolderFiles {
  readonly files: readonly string[];
  readonly unlisted: readonly string[];
}

async function filesOf(folder: string): Promise<FolderFiles> {
  const metadata = join(folder, METADATA_FILE);
  const found = (await exists(metadata))
    ? await bagFiles(folder, metadata)
    : { files: await looseFiles(folder), unlisted: [] };
  const { files } = found;
  if (files.length > 0 && files.length <= MOST_FILES) return found;
  const [packed] = await filesIn(folder, /\.mcap\.(zstd|zst|gz)$/);
  const unpack = packed === undefined ? '' : `, such as ${unpackedName(packed)}: unpack ${packed}`;
  throw new VoxhandError('FILE_INVALID', 'no recording', {
    expected: `${METADATA_FILE} by rosbag2, or from 1 to ${MOST_FILES} files *.mcap${unpack}, or *.db3`,
    found: `${files.length} of them`,
    where: folder,
  });
}

/** Those that a crash left partial too, where they have not been recovered under their own name; bags in sqlite3 where there are none. */
async function looseFiles(folder: string): Promise<string[]> {
  const names = await filesIn(folder, /\.mcap(\.partial)?$/);
  const isThere = new Set(names);
  const isWanted = (name: string) => name.endsWith('.mcap') || !isThere.has(name.slice(0, -'.partial'.length));
  const mcap = names.filter(isWanted);
  const files = (mcap.length > 0 ? mcap : await filesIn(folder, /\.db3$/)).map((name) => join(folder, name));
  refuseSeveral(folder, files);
  return files;
}

/**
 * The files that the metadata name, and further parts of their series (`cell_0.mcap`, `cell_1.mcap`, ...), which metadata do not
 * name where the recorder was killed.
 */
async function bagFiles(folder: string, metadata: string): Promise<FolderFiles> {
  const text = (await readBounded(metadata, MOST_METADATA_BYTES)).toString('utf8');
  const parsed = bagMetadata.safeParse(parseYaml(text, metadata));
  if (!parsed.success) {
    throw new VoxhandError('FILE_INVALID', 'not the metadata of a ROS 2 bag', {
      expected: 'storage_identifier and relative_file_paths; ros2 bag reindex writes a new one',
      found: parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '),
      where: metadata,
    });
  }
  const {
    storage_identifier: storage,
    relative_file_paths: names,
    compression_mode: mode,
    compression_format: format,
  } = parsed.data.rosbag2_bagfile_information;
  // a bag that was reindexed does not say
  const isKnown =
    ['mcap', 'sqlite3'].includes(storage) || (storage === '' && names.every((name) => BAG_FILE.test(name)));
  const isOtherwisePacked = mode.toUpperCase() === 'MESSAGE' && format !== 'zstd';
  if (!isKnown || isOtherwisePacked) {
    const what = isKnown ? `messages compressed by ${format}` : storage || 'another storage than MCAP and sqlite3';
    throw new VoxhandError('FILE_INVALID', `a ROS 2 bag in ${what}, which is not read`, {
      expected: CONVERT_BAG,
      where: folder,
    });
  }
  const unlisted = await unnamedParts(folder, metadata, names);
  const paths = [...names, ...unlisted].map((name) => pathWithin(folder, name));
  const files = await unpacked(folder, paths);
  for (const file of files) {
    if (await exists(file)) continue;
    throw new VoxhandError('FILE_NOT_FOUND', 'a part of the ROS 2 bag is missing', {
      expected: `all files that ${METADATA_FILE} names; to go on without: ros2 bag reindex ${folder} -s mcap`,
      found: `no ${relative(folder, file)}`,
      where: metadata,
    });
  }
  return { files, unlisted };
}

/** A file of a bag, compressed as a whole or not. */
const BAG_FILE = /\.(mcap|db3)(\.(zstd|zst|gz))?$/;
/** One that is not compressed. */
const PLAIN_FILE = /\.(mcap|db3)$/;

/** @throws VoxhandError `FILE_INVALID` for a recording in the folder of a bag that it is no part of */
async function unnamedParts(folder: string, metadata: string, names: readonly string[]): Promise<string[]> {
  const plain = (name: string) => basename(name).replace(BAG_FILE, '.$1');
  const series = (name: string) => plain(name).replace(/_\d+\.(mcap|db3)$/, '.$1');
  const named = new Set(names.map(plain));
  const unnamed = (await filesIn(folder, BAG_FILE)).filter((name) => !named.has(plain(name)));
  const other = unnamed.find((name) => !names.some((known) => series(known) === series(name)));
  if (other !== undefined) {
    throw new VoxhandError('FILE_INVALID', `a recording that ${METADATA_FILE} does not name`, {
      expected: `only the bag's own files: move ${other} elsewhere, or take it in by ros2 bag reindex ${folder} -s mcap`,
      found: other,
      where: metadata,
    });
  }
  const isThere = new Set(unnamed);
  return unnamed.filter((name) => name === plain(name) || !isThere.has(plain(name)));
}

/** The files of a bag, with those that were compressed as a whole where they were unpacked since; the metadata never say so. */
async function unpacked(folder: string, paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const named of paths) {
    const isPlain = PLAIN_FILE.test(named);
    const isPacked = !isPlain || (!(await exists(named)) && (await exists(`${named}.zstd`)));
    const path = isPacked && isPlain ? `${named}.zstd` : named;
    const file = isPacked ? unpackedName(path) : path;
    if (isPacked && !(await exists(file))) {
      throw new VoxhandError('FILE_INVALID', 'a ROS 2 bag whose files are compressed as a whole', {
        expected:
          `each of them unpacked beside it: zstd -d ${path} -o ${file}; in new recordings chunks compressed instead: ` +
          'ros2 bag record --storage-preset-profile zstd_fast',
        found: `no ${file}`,
        where: folder,
      });
    }
    files.push(file);
  }
  return files;
}

function parseYaml(text: string, where: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new VoxhandError('FILE_INVALID', (cause as Error).message, { where, cause });
  }
}

/** What an MCAP file begins with, without what says its version. */
const MCAP_MAGIC = McapConstants.MCAP_MAGIC.slice(0, 5);

/**
 * Is there a recording, to be read with `openRecording`, and not a text? An MCAP file and a bag in sqlite3 are told by their first bytes,
 * whatever their names; a folder is always taken for one.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`
 */
export async function isRecording(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
    const bytes = await firstBytes(path, MCAP_MAGIC.length);
    return MCAP_MAGIC.every((byte, i) => bytes[i] === byte) || (await isSqlite(path));
  } catch (cause) {
    throw unreadable('cannot read a recording or a text', path, cause);
  }
}
