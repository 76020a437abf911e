// @ts-expect-error The page knows no types of Node; this test runs in Node.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../../../test/helpers/until.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import type { HandJointsMessage } from '../../messages/generated.js';
import type { Channel, ServerInfo } from '../../transport/foxglove/protocol/index.js';
import { FileConnection } from './file-connection.js';
import { McapFile } from './mcap-file.js';

const MS = 1_000_000n;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  bytes = new Uint8Array(await readFile('recordings/demo.mcap'));
});

/** A recording of the repository, opened as the page opens one. */
async function opened() {
  const file = await McapFile.open(new Blob([bytes]), 'demo.mcap');
  const got: { topic: string; time: bigint; data: Uint8Array }[] = [];
  const channels = new Map<string, Channel>();
  const events = {
    state: vi.fn(),
    info: vi.fn<(info: ServerInfo) => void>(),
    channels: (all: ReadonlyMap<number, Channel>) => {
      for (const channel of all.values()) channels.set(channel.topic, channel);
    },
    message: ({ topic }: Channel, data: Uint8Array, time: bigint) => void got.push({ topic, time, data }),
    time: vi.fn(),
    playback: vi.fn(),
    status: vi.fn(),
    removeStatus: vi.fn(),
    bad: vi.fn(),
  };
  const connection = new FileConnection(file, events);
  connection.connect();
  connection.send({ op: 'playbackControlRequest', command: 'pause', speed: 1, requestId: 'rest' });
  const want = (...topics: string[]) => connection.want(new Set(topics.map((topic) => channels.get(topic)?.id ?? -1)));
  const seek = async (time: bigint, requestId: string) => {
    connection.send({
      op: 'playbackControlRequest',
      command: 'pause',
      speed: 1,
      seekTime: file.begin + time,
      requestId,
    });
    await until(() => events.playback.mock.lastCall?.[0].requestId === requestId);
  };
  return { file, connection, events, channels, got, want, seek };
}

describe('a recording that is opened in the page', () => {
  it('is a playback that can be controlled, with the topics and the name of the file', async () => {
    const { connection, events, channels } = await opened();
    const [info] = events.info.mock.lastCall!;
    expect(info).toMatchObject({ name: 'demo.mcap', capabilities: ['playbackControl'] });
    expect(info.metadata).toMatchObject({ recording: 'demo.mcap', preset: 'demo', 'voxhand.step': 'true' });
    expect([...channels.keys()]).toContain('/depth/image_rect_raw/compressedDepth');
    connection.close();
  });

  it('goes to a moment and gives what is there, of the wanted topics only, with what held before', async () => {
    const { connection, got, want, seek, file } = await opened();
    want('/hand/truth', '/tf_static');
    await seek(2000n * MS, 'a');
    await until(() => got.some(({ topic }) => topic === '/tf_static'));
    expect(new Set(got.map(({ topic }) => topic))).toEqual(new Set(['/hand/truth', '/tf_static']));
    const { data, time } = got.findLast(({ topic }) => topic === '/hand/truth')!;
    const { header } = cdrCodec('voxhand_msgs/msg/HandJoints').decode(data) as HandJointsMessage;
    expect(time - file.begin).toBe(2000n * MS);
    expect(BigInt(header.stamp.sec) * 1000n * MS + BigInt(header.stamp.nanosec)).toBe(time);
    connection.close();
  });

  it('is stepped by frames, there and back', async () => {
    const { connection, events, seek, want, file } = await opened();
    want('/hand/truth');
    await seek(1000n * MS, 'a');
    for (const [frames, at] of [
      [1, 1040n],
      [-2, 960n],
    ] as const) {
      connection.send({ op: 'voxhandStep', frames, requestId: `by ${frames}` });
      await until(() => events.playback.mock.lastCall?.[0].requestId === `by ${frames}`);
      expect(events.playback.mock.lastCall?.[0].currentTime - file.begin).toBe(at * MS);
    }
    connection.close();
  });

  it('says nothing any more once it is closed', async () => {
    const { connection, got, events, want } = await opened();
    connection.close();
    want('/hand/truth');
    events.playback.mockClear();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(got).toEqual([]);
    expect(events.playback).not.toHaveBeenCalled();
  });

  it.each([
    ['no MCAP', () => new Blob(['not a recording'])],
    ['one that breaks off', () => new Blob([bytes.subarray(0, bytes.length - 4000)])],
  ])('that is %s is refused with what helps', async (_, blob) => {
    await expect(McapFile.open(blob(), 'x.mcap')).rejects.toThrow(
      'x.mcap is no recording (MCAP), or has no index: try voxhand recover',
    );
  });
});
