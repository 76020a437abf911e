import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDb3 } from '../../../test/helpers/db3.js';
import { geometricConfig } from '../../../test/helpers/geometric-config.js';
import { smallRecording } from '../../../test/helpers/recordings.js';
import { renderHeatMaps } from '../../heatmaps/render-heat-maps.js';
import { stubInference } from '../../inference/stub-inference.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { recordedCodec } from '../../messages/recorded-codec.js';
import { checkRecording } from '../../recording/check/check-recording.js';
import { cutRecording } from '../../recording/cut.js';
import { replayRecording } from '../../recording/replay.js';
import type { BusMessage, BusSource } from '../port/bus.js';
import { openDb3 } from './db3-source.js';
import { openMcap } from './mcap-source.js';
import { isRecording, openRecording } from './open-recording.js';

const FRAMES = 20;
let folder: string;
let mcap: string;
let bag: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-db3-'));
  mcap = await smallRecording(join(folder, 'hand.mcap'), { frames: FRAMES });
  bag = await asBag(join(folder, 'hand.db3'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function asBag(path: string, options?: Parameters<typeof writeDb3>[2]): Promise<string> {
  const source = await openMcap(mcap);
  await writeDb3(path, source.subscribe(), options);
  await source.close();
  return path;
}

async function messagesOf(source: BusSource): Promise<BusMessage[]> {
  const messages: BusMessage[] = [];
  for await (const message of source.subscribe()) messages.push({ ...message, data: new Uint8Array(message.data) });
  await source.close();
  return messages;
}

/** What a bag in sqlite3 keeps of a message. */
const kept = ({ topic, schemaName, data, logTime }: BusMessage) => ({ topic, schemaName, logTime, data });

describe('a bag in sqlite3', () => {
  it('says of itself what the recording said that it was made of', async () => {
    const [one, other] = [await openMcap(mcap), await openRecording(bag)];
    const [info, expected] = [other.info(), one.info()];
    const { startTime, endTime, messageCount, profile } = expected;
    expect(info).toMatchObject({
      startTime,
      endTime,
      messageCount,
      profile,
      path: bag,
      indexed: true,
      truncated: false,
    });
    const counts = (of: typeof info) => new Map(of.topics.map((topic) => [topic.topic, topic.messageCount]));
    expect(counts(info)).toEqual(counts(expected));
    expect(info.size).toBe((await readFile(bag)).byteLength);
    expect(info.topics[0].channelMetadata).toEqual({ offered_qos_profiles: '[]' });
    await Promise.all([one.close(), other.close()]);
    expect(await isRecording(bag)).toBe(true);
  });

  it('gives the messages of that recording, in their order, byte by byte', async () => {
    const found = await messagesOf(await openRecording(bag));
    expect(found).toHaveLength(1 + 3 * FRAMES);
    expect(found.map(kept)).toEqual((await messagesOf(await openMcap(mcap))).map(kept));
    for (const message of found) recordedCodec(message).decode(message.data);
  });

  it('gives some topics and a range of time where that is asked for', async () => {
    const source = await openRecording(bag);
    const { startTime = 0n } = source.info();
    const [start, end] = [startTime + 100_000_000n, startTime + 200_000_000n]; // 30 frames a second
    const times: bigint[] = [];
    for await (const { topic, logTime } of source.subscribe(['/depth/camera_info'], { start, end })) {
      expect(topic).toBe('/depth/camera_info');
      times.push(logTime);
    }
    expect(times).toHaveLength(3);
    expect(times.every((time) => time >= start && time < end)).toBe(true);
    await expect(source.subscribe(['/none'])[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'TOPIC_NOT_FOUND',
    });
    await source.close();
    await expect(source.subscribe()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('that holds no definitions gets ours, and is read all the same', async () => {
    const source = await openRecording(await asBag(join(folder, 'humble.db3'), { definitions: false }));
    const image = source.topics().find(({ schemaName }) => schemaName === 'sensor_msgs/msg/CompressedImage');
    expect(image?.schemaData).toEqual(cdrCodec('sensor_msgs/msg/CompressedImage').schemaData);
    expect(await messagesOf(source)).toHaveLength(1 + 3 * FRAMES);
  });

  it('is cut to MCAP, and replayed and checked with the results of the recording in MCAP', async () => {
    const copy = join(folder, 'copy.mcap');
    await cutRecording(bag, copy);
    expect((await messagesOf(await openMcap(copy))).map(kept)).toEqual(
      (await messagesOf(await openMcap(mcap))).map(kept),
    );

    const joints = Float64Array.from({ length: 63 }, (_, i) => 0.3 + 0.4 * ((i * 0.618) % 1));
    const maps = renderHeatMaps(joints, 24, 1.5);
    const inference = stubInference(() => maps, { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 });
    const replays = [mcap, bag].map((path) => replayRecording(path, { config: geometricConfig(), inference }));
    const [expected, found] = await Promise.all(replays);
    expect(found.counts).toEqual(expected.counts);
    expect(found.counts).toMatchObject({ in: FRAMES, tracked: FRAMES });
    expect(found.digest).toEqual(expected.digest);

    const [report, other] = await Promise.all([bag, mcap].map((path) => checkRecording(path)));
    expect(report).toMatchObject({ ok: other.ok, messages: 1 + 3 * FRAMES, findings: other.findings });
    expect(report.topics).toEqual(other.topics);
  });

  it('is read as the parts that its metadata name, and without metadata as those of a folder', async () => {
    const parts = join(folder, 'parts');
    await mkdir(parts);
    const all = await messagesOf(await openMcap(mcap));
    const written = [all.slice(0, 30), all.slice(30)];
    for (const [i, some] of written.entries()) {
      await writeDb3(
        join(parts, `parts_${i}.db3`),
        (async function* () {
          yield* some;
        })(),
      );
    }
    expect((await messagesOf(await openRecording(parts))).map(kept)).toEqual(all.map(kept));
    const metadata = { storage_identifier: 'sqlite3', relative_file_paths: ['parts_0.db3', 'parts_1.db3'] };
    await writeFile(join(parts, 'metadata.yaml'), JSON.stringify({ rosbag2_bagfile_information: metadata }));
    expect((await messagesOf(await openRecording(parts))).map(kept)).toEqual(all.map(kept));
    await rm(join(parts, 'parts_1.db3'));
    await expect(openRecording(parts)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', found: 'no parts_1.db3' });
  });

  it('without messages, that is no bag, or is damaged is said to be so', async () => {
    const empty = join(folder, 'empty.db3');
    await writeDb3(empty, (async function* () {})());
    const source = await openDb3(empty);
    expect(source.info()).toMatchObject({ messageCount: 0, topics: [] });
    await expect(source.subscribe()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'RECORDING_EMPTY' });
    await source.close();

    const bytes = await readFile(bag);
    const damaged = join(folder, 'damaged.db3');
    await writeFile(damaged, bytes.fill(0x5a, bytes.byteLength / 2));
    await expect(openRecording(damaged).then(messagesOf)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      where: damaged,
    });
    const { findings } = await checkRecording(damaged).catch(() => ({ findings: [{ code: 'refused' }] }));
    expect(findings[0].code).toMatch(/damaged|refused/);
    await writeFile(damaged, 'SQLite format 3\0 and so on');
    await expect(openRecording(damaged)).rejects.toMatchObject({ code: 'FILE_INVALID', where: damaged });
  });
});
