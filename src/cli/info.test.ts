import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { run } from './program.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-info-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function info(
  path: string,
): Promise<{ durationSeconds: number; unlisted: string[]; topics: { rate: number }[] }> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  expect(await run(['info', path, '--json'])).toBe(0);
  return JSON.parse(text);
}

async function write(path: string, times: readonly bigint[]): Promise<void> {
  const sink = await createMcapSink(path);
  const none = { schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'cdr' };
  for (const logTime of times)
    await sink.write({ ...none, topic: '/a', data: Uint8Array.of(1), logTime, publishTime: logTime, sequence: 0 });
  await sink.close();
}

const WALL = 1_790_000_000_000_000_000n;

test('the duration of a recording leaves out messages at log time 0 beside wall time', async () => {
  const path = join(folder, 'zero.mcap');
  await write(path, [0n, WALL, WALL + 1_000_000_000n, WALL + 2_000_000_000n]);
  expect((await info(path)).durationSeconds).toBe(2);
  await write(path, [0n, 1_000_000_000n]);
  expect((await info(path)).durationSeconds).toBe(1);
});

test('parts that the metadata of a bag do not name are said', async () => {
  const bag = join(folder, 'bag');
  await mkdir(bag);
  await write(join(bag, 'bag_0.mcap'), [WALL]);
  await copyFile(join(bag, 'bag_0.mcap'), join(bag, 'bag_1.mcap'));
  const metadata = 'rosbag2_bagfile_information:\n  storage_identifier: mcap\n  relative_file_paths: [bag_0.mcap]\n';
  await writeFile(join(bag, 'metadata.yaml'), metadata);
  expect((await info(bag)).unlisted).toEqual(['bag_1.mcap']);
});
