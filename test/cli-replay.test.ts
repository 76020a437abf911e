import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { readHands } from '../src/transport/port/read-hands.js';
import { temporaryFolder, voxhand, voxhandProcess } from './helpers/cli.js';
import { smallRecording } from './helpers/recordings.js';

let folder: string;
let input: string;

beforeAll(async () => {
  folder = temporaryFolder();
  input = await smallRecording(join(folder, 'in.mcap'));
});

describe('voxhand replay', () => {
  test('writes a recording and a preview, and a summary on stdout', async () => {
    const output = join(folder, 'new', 'folder', 'hands.mcap'); // folders are made
    const preview = join(folder, 'sheet.png');
    const { code, stdout, stderr } = await voxhand([
      'replay',
      input,
      '-o',
      output,
      '--preview',
      preview,
      '--preview-frames',
      '3',
    ]);
    expect(stderr).toContain('8/8 frames');
    expect(code).toBe(0);
    expect(stdout).toMatch(/frames in +8\n/);
    expect(stdout).toMatch(/dropped +0\n/);
    expect(stdout).toMatch(/model +compact on cpu\n/);
    expect(stdout).toMatch(/mean error +\d+\.\d\d mm/);
    expect(stdout).toMatch(/inference +\d+\.\d\d +\d+\.\d\d/);
    expect(stdout).toMatch(/Open .*hands\.mcap in Foxglove or Lichtblick/);
    expect((await readFile(preview)).subarray(1, 4).toString()).toBe('PNG');

    const recording = await openMcap(output);
    const topics = recording.topics().map(({ topic, messageCount }) => [topic, messageCount]);
    expect(topics).toContainEqual(['/depth/image_rect_raw', 8]);
    expect(topics).toContainEqual(['/hand/joints', 8]);
    expect(topics).toContainEqual(['/hand/joints/raw/gauss', 8]);
    const [{ values }] = recording.info().metadata;
    expect(values).toMatchObject({ provider: 'cpu', model: expect.stringContaining('compact') });
    expect(values.configuration).toContain('ros__parameters');
    await recording.close();
  });

  test('accounts for every frame in its JSON, with ideal heat maps in place of the network', async () => {
    const { code, stdout, stderr } = await voxhand(['replay', input, '--ideal', '--json', '--quiet']);
    expect([code, stderr]).toEqual([0, '']);
    const { frames, error, provider, stagesMs, output } = JSON.parse(stdout);
    const { pending, dropped, lost } = frames;
    expect(frames.in).toBe(8);
    expect(frames.out).toBe(8);
    expect({ pending, dropped }).toEqual({ pending: 0, dropped: {} });
    expect(frames.tracked + Object.values<number>(lost).reduce((sum, n) => sum + n, 0)).toBe(8);
    expect(error).toMatchObject({ topic: '/hand/truth', framesWithHand: 8 });
    expect(error.compared).toBeGreaterThanOrEqual(7);
    expect(error.meanMm).toBeLessThan(3);
    expect(provider.actual).toBe('stub');
    expect(stagesMs.reference.count).toBe(8);
    expect(output).toBeNull();
  });

  test('knows the ground truth of all cameras of a rig, with ideal heat maps in place of the network', async () => {
    const rig = ['recordings/two-cameras.mcap', '--config', 'examples/two-cameras.params.yaml'];
    const { code, stdout } = await voxhand(['replay', ...rig, '--ideal', '--json', '--quiet']);
    const { frames, error, cameras } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(frames).toMatchObject({ in: 30, out: 30, tracked: 30 });
    expect(error.meanMm).toBeLessThan(2.5);
    expect(JSON.stringify(cameras)).toContain('right');
  });

  test('gives the same bytes twice, and other bytes for another configuration', async () => {
    const outputs = ['a', 'b', 'c'].map((name) => join(folder, `${name}.mcap`));
    for (const [i, output] of outputs.entries()) {
      const settings = i === 2 ? ['--set', 'heat_maps.decoder=max'] : [];
      expect((await voxhand(['replay', input, '-o', output, '--ideal', ...settings])).code).toBe(0);
    }
    const [a, b, c] = await Promise.all(outputs.map((output) => readFile(output)));
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(false);
  });

  test('replaces the results of an earlier replay', async () => {
    const [once, twice] = ['once', 'twice'].map((name) => join(folder, `${name}.mcap`));
    await voxhand(['replay', input, '-o', once, '--ideal']);
    expect((await voxhand(['replay', once, '-o', twice, '--ideal', '--no-raw-joints'])).code).toBe(0);
    const recording = await openMcap(twice);
    const counts = Object.fromEntries(recording.topics().map(({ topic, messageCount }) => [topic, messageCount]));
    await recording.close();
    expect(counts).toMatchObject({ '/hand/joints': 8, '/depth/image_rect_raw': 8, '/hand/truth': 8, '/tf_static': 1 });
    expect(Object.keys(counts).filter((topic) => topic.includes('/raw/'))).toEqual([]);
    // what viewers need is made anew too; diagnostics are those of the earlier replay
    expect(counts).toMatchObject({ '/hand/annotations': 8, '/hand/cube': 8, '/depth/points': 8, '/diagnostics': 1 });
    expect(counts['/hand/voxel_points']).toBe(8);
    const plain = join(folder, 'plain.mcap');
    await voxhand(['replay', input, '-o', plain, '--ideal', '--no-views', '--no-raw-joints']);
    const without = await openMcap(plain);
    expect(Object.keys(counts).filter((topic) => !without.topics().some((found) => found.topic === topic))).toEqual([
      ...['/hand/annotations', '/hand/cube', '/depth/points', '/hand/voxel_points', '/diagnostics'],
    ]);
    await without.close();
  });

  test('reads a configuration file, and leaves out what it is told to', async () => {
    const config = join(folder, 'cell.params.yaml');
    await writeFile(
      config,
      '/**:\n  ros__parameters:\n    topics:\n      joints: /left/joints\n    output:\n      scene: false\n',
    );
    const output = join(folder, 'configured.mcap');
    const { code } = await voxhand([
      ...['replay', input, '-o', output, '--config', config, '--ideal', '--depth', 'copy', '--no-raw-joints'],
      ...['--set', 'smoothing.stages=[window]', '--set', 'smoothing.window.k=2'],
    ]);
    expect(code).toBe(0);
    const recording = await openMcap(output);
    const topics = recording.topics().map(({ topic }) => topic);
    expect(topics).toContain('/left/joints');
    expect(topics).toContain('/depth/image_rect_raw/compressedDepth');
    expect(topics.filter((topic) => /scene|joints\/raw|points|annotations|diagnostics/.test(topic))).toEqual([]);
    const lags = [];
    for await (const { lagFrames } of readHands(recording, '/left/joints')) lags.push(lagFrames);
    expect(lags).toHaveLength(8); // those that the window held back at the end, too
    expect(Math.max(...lags)).toBe(2);
    await recording.close();
  });

  test('takes a part of the time and of the topics, under other names', async () => {
    const output = join(folder, 'part.mcap');
    const { code, stdout } = await voxhand([
      ...['replay', input, '-o', output, '--ideal', '--json', '--quiet', '--start', '60ms', '--duration', '100ms'],
      ...['--topics', '/depth/**', '--topics', '/hand/truth', '--remap', '/depth/camera_info:=/cell/info'],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ cameraTopic: '/cell/info', frames: { in: 3, out: 3 } });
    const recording = await openMcap(output);
    const topics = recording.topics().map(({ topic }) => topic);
    const stamps = [];
    for await (const { stamp } of readHands(recording, '/hand/joints')) stamps.push(Number(stamp) / 1e6 - 1000);
    await recording.close();
    expect(stamps.map(Math.round)).toEqual([67, 100, 133]);
    expect(topics).toContain('/cell/info');
    expect(topics).not.toContain('/depth/camera_info');
  });

  test('goes as fast as it can, or at the pace that is asked for, with the same results', async () => {
    const replay = async (...args: string[]) =>
      JSON.parse((await voxhand(['replay', input, '--ideal', '--json', '--quiet', ...args])).stdout);
    const [free, paced] = [await replay(), await replay('--rate', '0.25')];
    expect(paced.seconds).toBeGreaterThan((4 * 7) / 30); // seven periods at a quarter of the speed
    expect(paced.digest).toBe(free.digest);
    expect(paced.frames).toEqual(free.frames);
  });

  test('gives each pass of a loop the results of the first', async () => {
    const digests = [];
    for (const times of ['1', '3']) {
      const { stdout } = await voxhand(['replay', input, '--ideal', '--json', '--quiet', '--loop', times]);
      const { frames, error, digest } = JSON.parse(stdout);
      expect(frames).toMatchObject({ in: 8 * Number(times), out: 8 * Number(times) });
      digests.push([digest, error.meanMm]);
    }
    expect(digests[1][0]).not.toBe(digests[0][0]); // it is about all of them
    expect(digests[1][1]).toBeCloseTo(digests[0][1], 9);
  });

  test('ends with 3 and a readable output for a recording that breaks off', async () => {
    const bytes = await readFile(await smallRecording(join(folder, 'long.mcap'), { frames: 20, codec: 'raw' }));
    const cut = join(folder, 'cut.mcap');
    await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length * 0.8)));
    const output = join(folder, 'of-cut.mcap');
    const { code, stdout } = await voxhand(['replay', cut, '-o', output, '--ideal', '--json']);
    expect(code).toBe(3);
    const { frames, loss } = JSON.parse(stdout);
    expect(loss.code).toBe('MCAP_TRUNCATED');
    expect(frames.in).toBeGreaterThan(5);
    expect(frames.in).toBeLessThan(20);
    const recording = await openMcap(output);
    expect(recording.info().truncated).toBe(false);
    await recording.close();
  });

  test('ends with 3 and says why where a frame is dropped', async () => {
    const without = await smallRecording(join(folder, 'bare.mcap'), { withoutTruth: true });
    const { code, stdout } = await voxhand(['replay', without, '--set', 'input.max_pixels=1000', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ frames: { in: 8, out: 0, dropped: { DEPTH_SIZE: 8 } }, error: null });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'stops on %s after the frame in hand, closes its recording and ends with %i',
    async (signal, expected) => {
      const long = join(folder, 'many.mcap');
      if (!existsSync(long)) await smallRecording(long, { frames: 150, distinct: 30 });
      const output = join(folder, `${signal}.mcap`);
      const { code, stdout } = await voxhandProcess(
        ['replay', long, '-o', output, '--json', '--preview', join(folder, 'x.png')],
        {
          during: (child) => {
            const timer = setInterval(() => {
              if (!existsSync(`${output}.partial`)) return;
              child.kill(signal);
              clearInterval(timer);
            }, 20);
          },
        },
      );
      expect(code).toBe(expected);
      const { aborted, frames } = JSON.parse(stdout);
      expect(aborted).toBe(true);
      expect(frames.in).toBeLessThan(150);
      expect(existsSync(`${output}.partial`)).toBe(false);
      const recording = await openMcap(output);
      expect(recording.info()).toMatchObject({ truncated: false, indexed: true });
      await recording.close();
    },
  );
});

describe('voxhand replay refuses', () => {
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await voxhand(['replay', ...args]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/\n\s+at /); // no stack
    return stderr;
  };

  test('an unknown topic, with the topics there are', async () => {
    const stderr = await refused(input, '--truth', '/no/such');
    expect(stderr).toContain('/depth/camera_info (sensor_msgs/msg/CameraInfo)');
    expect(stderr).toMatch(/\[TOPIC_NOT_FOUND\]\n$/);
  });

  test('ideal heat maps without ground truth', async () => {
    const bare = await smallRecording(join(folder, 'no-truth.mcap'), { withoutTruth: true, frames: 2 });
    expect(await refused(bare, '--ideal')).toContain('--ideal needs ground truth in the recording');
  });

  test('an unknown key of the configuration', async () => {
    expect(await refused(input, '--set', 'inference.modle=x')).toContain('unknown key inference.modle');
  });

  test('a model that is not there, with those that are', async () => {
    expect(await refused(input, '--model', 'huge')).toMatch(
      /no model 'huge'; expected one of compact.*\[MODEL_NOT_FOUND\]/,
    );
  });

  test('a recording that is not there', async () => {
    expect(await refused(join(folder, 'nowhere.mcap'))).toContain('[FILE_NOT_FOUND]');
  });

  test('to overwrite its input', async () => {
    expect(await refused(input, '-o', input)).toContain('the output would overwrite the input');
  });

  test('an option value that cannot be', async () => {
    expect(await refused(input, '--preview-frames', '0')).toMatch(/--preview-frames.*from 1 on\. \[USAGE\]\n$/s);
    expect(await refused(input, '--provider', 'abacus')).toContain(
      'Allowed choices are cpu, cuda, tensorrt, webgpu. [USAGE]',
    );
  });
});
