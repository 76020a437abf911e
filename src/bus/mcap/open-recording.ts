import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { VoxhandError } from '../../hand/index.js';
import { exists, filesIn, pathWithin, readBounded } from './folder-files.js';
import { openMcap } from './mcap-source.js';
import { MergedSource } from './merged-source.js';
import { CONVERT_BAG } from './other-formats.js';
import type { RecordingSource } from './recording-source.js';

/** What rosbag2 writes beside its files, as far as it matters here. */
const bagMetadata = z.object({
  rosbag2_bagfile_information: z.object({
    storage_identifier: z.string(),
    relative_file_paths: z.array(z.string()).min(1),
    compression_mode: z.string().default(''),
  }),
});

const METADATA_FILE = 'metadata.yaml';
const MOST_METADATA_BYTES = 16 << 20;
const MOST_FILES = 10_000;

/**
 * Open a recording: an MCAP file, or a folder of them as one. In a folder by rosbag2 its metadata.yaml names the files; in any
 * other folder they are all that end in `.mcap`, in natural order, such as the parts of a split recording.
 *
 * @throws VoxhandError as `openMcap` for each file; `FILE_INVALID` for a bag that is not in MCAP, with what can be done
 * @example
 * ```ts
 * const recording = await openRecording('rosbag2_2026_11_22');
 * for await (const message of recording.subscribe(['/tf_static'])) console.log(message.logTime);
 * await recording.close();
 * ```
 */
export async function openRecording(path: string): Promise<RecordingSource> {
  const files = await recordingFiles(path);
  if (files.length === 1 && files[0] === path) return openMcap(path);
  const parts: RecordingSource[] = [];
  try {
    for (const file of files) parts.push(await openMcap(file));
  } catch (error) {
    await Promise.all(parts.map((part) => part.close()));
    throw error;
  }
  return new MergedSource(path, parts);
}

/**
 * The files of a recording in their order: a file itself, or those of a folder as {@link openRecording} takes it.
 *
 * @throws VoxhandError `FILE_INVALID` for a folder without a recording, or with a bag that is not in MCAP
 */
export async function recordingFiles(path: string): Promise<readonly string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? filesOf(path) : [path];
}

async function filesOf(folder: string): Promise<string[]> {
  const metadata = join(folder, METADATA_FILE);
  const files = (await exists(metadata))
    ? await bagFiles(folder, metadata)
    : (await filesIn(folder, /\.mcap$/)).map((name) => join(folder, name));
  if (files.length > 0 && files.length <= MOST_FILES) return files;
  const bags = await filesIn(folder, /\.db3$/);
  throw new VoxhandError(
    'FILE_INVALID',
    bags.length > 0 ? 'a ROS 2 bag in sqlite3, which is not read' : 'no recording',
    {
      expected: bags.length > 0 ? CONVERT_BAG : `${METADATA_FILE} by rosbag2, or from 1 to ${MOST_FILES} files *.mcap`,
      found: `${files.length} of them`,
      where: folder,
    },
  );
}

async function bagFiles(folder: string, metadata: string): Promise<string[]> {
  const text = (await readBounded(metadata, MOST_METADATA_BYTES)).toString('utf8');
  const parsed = bagMetadata.safeParse(parseYaml(text, metadata));
  if (!parsed.success) {
    throw new VoxhandError('FILE_INVALID', 'not the metadata of a ROS 2 bag', {
      expected: 'storage_identifier and relative_file_paths',
      found: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      where: metadata,
    });
  }
  const {
    storage_identifier: storage,
    relative_file_paths: names,
    compression_mode: mode,
  } = parsed.data.rosbag2_bagfile_information;
  if (storage !== 'mcap') {
    throw new VoxhandError('FILE_INVALID', `a ROS 2 bag in ${storage}, which is not read`, {
      expected: CONVERT_BAG,
      where: folder,
    });
  }
  if (mode.toUpperCase() === 'FILE') {
    throw new VoxhandError('FILE_INVALID', 'a ROS 2 bag whose files are compressed as a whole', {
      expected:
        'chunks compressed instead (ros2 bag record --storage-preset-profile zstd_fast), or each file unpacked: zstd -d',
      where: folder,
    });
  }
  return names.map((name) => pathWithin(folder, name));
}

function parseYaml(text: string, where: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new VoxhandError('FILE_INVALID', (cause as Error).message, { where, cause });
  }
}
