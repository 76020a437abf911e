import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { cdrCodec } from '../src/messages/cdr-codec.js';
import { fromStamp } from '../src/timing/stamp.js';
import type { ClientMessage, PlaybackStateMessage, ServerMessage } from '../src/transport/foxglove/protocol/index.js';
import { encodeClientMessage, parseServerMessage } from '../src/transport/foxglove/protocol/index.js';
import { temporaryFolder } from './helpers/cli.js';
import { until } from './helpers/foxglove.js';
import { noRos2, startPeer, stopChildren } from './helpers/real-ros2.js';
import { smallRecording } from './helpers/recordings.js';
import { RosProcess } from './helpers/tracker-processes.js';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const PATIENCE_MS = 60_000;
/** Of `smallRecording`: 30 Hz, from one second on. */
const FRAMES = 30;
const ms = (stamp: bigint) => Math.round(Number(stamp - 1_000_000_000n) / 1e6);

let folder: string;
let input: string;
const running: RosProcess[] = [];
const viewers: Viewer[] = [];

beforeAll(async () => {
  folder = temporaryFolder();
  input = await smallRecording(join(folder, 'in.mcap'), { frames: FRAMES });
});
afterEach(async () => {
  for (const viewer of viewers.splice(0)) viewer.socket.terminate();
  await Promise.all(running.splice(0).map((process) => process.kill('SIGKILL')));
  await stopChildren();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function replay(...args: readonly string[]): RosProcess {
  const process = new RosProcess([MAIN, 'replay', input, '--json', ...args]);
  running.push(process);
  return process;
}

/** Somebody who watches by Foxglove's newer protocol, which has playback control. */
class Viewer {
  readonly socket: WebSocket;
  readonly heard: ServerMessage[] = [];
  /** Stamps of hands that came, milliseconds into the recording. */
  readonly hands: number[] = [];
  #requests = 0;

  constructor(url: string) {
    this.socket = new WebSocket(url, ['foxglove.sdk.v1']);
    viewers.push(this);
    this.socket.on('message', (data: Buffer, isBinary) => {
      const message = parseServerMessage(isBinary ? data : data.toString()) as ServerMessage;
      this.heard.push(message);
      if (message.op !== 'messageData') return;
      const codec = cdrCodec('voxhand_msgs/msg/HandJoints');
      this.hands.push(ms(fromStamp(codec.decode(message.data as Uint8Array).header.stamp)));
    });
  }

  static async of(process: RosProcess): Promise<Viewer> {
    const url = await until(() => /ws:\/\/\S+/.exec(process.stderr)?.[0], 'address of the server', PATIENCE_MS);
    const viewer = new Viewer(url);
    await once(viewer.socket, 'open');
    return viewer;
  }

  /** Watch the hand, as soon as there is a topic of it: a replay that has not begun knows none. */
  async watch(): Promise<void> {
    const channels = () => this.heard.flatMap((said) => (said.op === 'advertise' ? said.channels : []));
    const find = () => channels().find(({ topic }) => topic === '/hand/joints');
    const { id } = await until(find, 'channel of the hand', PATIENCE_MS);
    this.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId: id }] });
  }

  say(message: ClientMessage): void {
    this.socket.send(encodeClientMessage(message));
  }

  states(): PlaybackStateMessage[] {
    return this.heard.filter((message) => message.op === 'playbackState');
  }

  /** Ask for something, and wait for the state that answers. */
  async ask(
    message: { op: 'step'; frames: number } | { op: 'go'; command: 'play' | 'pause'; at?: number; speed?: number },
  ) {
    const requestId = String(++this.#requests);
    if (message.op === 'step') this.say({ op: 'voxhandStep', frames: message.frames, requestId });
    else {
      const { command, at, speed = 1 } = message;
      const seekTime = at === undefined ? {} : { seekTime: 1_000_000_000n + BigInt(at) * 1_000_000n };
      this.say({ op: 'playbackControlRequest', command, speed, requestId, ...seekTime });
    }
    return until(() => this.states().find((state) => state.requestId === requestId), 'answer', PATIENCE_MS);
  }
}

describe('voxhand replay to viewers', () => {
  it('waits for a viewer to press play, who then steps, seeks and plays to the end', { timeout: 120_000 }, async () => {
    const process = replay('--serve', '0', '--ideal', '--start-paused');
    const viewer = await Viewer.of(process);
    expect((await until(() => viewer.states()[0], 'state', PATIENCE_MS)).status).not.toBe('playing');
    // it shows where it begins, and who comes while it rests sees that
    await viewer.watch();
    await until(() => viewer.hands.length > 0, 'a hand', PATIENCE_MS);
    const stepped = viewer.hands.at(-1) as number;
    expect((await viewer.ask({ op: 'step', frames: 2 })).status).toBe('paused');
    await until(() => viewer.hands.at(-1) === stepped + 67, 'the frame two steps on', PATIENCE_MS);

    expect(await viewer.ask({ op: 'go', command: 'pause', at: 500 })).toMatchObject({
      status: 'paused',
      didSeek: true,
    });
    await until(() => viewer.hands.at(-1) === 500, 'the frame that was sought', PATIENCE_MS);

    const before = viewer.hands.length;
    expect((await viewer.ask({ op: 'go', command: 'play', speed: 4 })).speed).toBe(4);
    await until(() => viewer.states().some(({ status }) => status === 'ended'), 'the end', PATIENCE_MS);
    expect(viewer.hands.slice(before)).toEqual(
      Array.from({ length: 14 }, (_, i) => Math.round((1000 * (16 + i)) / 30)),
    );

    // it stays, for who wants to see more, until it is told to end
    expect(process.child.exitCode).toBeNull();
    expect([0, 130]).toContain(await process.kill('SIGINT'));
  });
});

describe.skipIf(noRos2 !== undefined)('voxhand replay on a real ROS 2', () => {
  it('plays what was recorded with its clock, under other names', { timeout: 120_000 }, async () => {
    const peer = await startPeer();
    const types = {
      '/clock': 'rosgraph_msgs/msg/Clock',
      '/cell/info': 'sensor_msgs/msg/CameraInfo',
      '/depth/camera_info': 'sensor_msgs/msg/CameraInfo',
      '/hand/truth': 'voxhand_msgs/msg/HandJoints',
    };
    for (const [topic, type] of Object.entries(types))
      await peer.ask('listen', { topic, type, qos: { reliable: false } });
    const process = replay(
      ...['--to', 'ros2', '--no-track', '--clock', '20', '--rate', '0.25', '--loop', '2'],
      ...['--topics', '/depth/**', '--remap', '/depth/camera_info:=/cell/info'],
    );
    expect(await process.exited).toBe(0);
    expect(JSON.parse(process.lines.join('\n')).messages).toBeGreaterThanOrEqual(2 * 2 * FRAMES);
    const heard = async (topic: string) => (await peer.ask<{ count: number }>('heard', { topic })).count;
    // a subscription may miss what is said before the two have found each other
    expect(await heard('/cell/info')).toBeGreaterThan(FRAMES);
    expect(await heard('/clock')).toBeGreaterThan(40);
    expect(await heard('/depth/camera_info')).toBe(0);
    expect(await heard('/hand/truth')).toBe(0);
  });

  it('publishes the results of the tracker', { timeout: 120_000 }, async () => {
    const peer = await startPeer();
    await peer.ask('listen', { topic: '/hand/joints', type: 'voxhand_msgs/msg/HandJoints', qos: { reliable: false } });
    const process = replay('--to', 'ros2', '--ideal', '--rate', '0.25');
    expect(await process.exited).toBe(0);
    expect(JSON.parse(process.lines.join('\n')).frames.in).toBe(FRAMES);
    const { count, last } = await peer.ask<{ count: number; last: { tracked: boolean; positions: unknown[] } }>(
      'heard',
      {
        topic: '/hand/joints',
      },
    );
    expect(count).toBeGreaterThan(FRAMES / 2);
    expect([last.tracked, last.positions.length]).toEqual([true, 21]);
  });
});
