import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { createMcapSink } from '../src/transport/mcap/mcap-sink.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { openRecording } from '../src/transport/mcap/open-recording.js';
import { temporaryFolder, voxhand, voxhandProcess } from './helpers/cli.js';
import { smallRecording } from './helpers/recordings.js';
import { until } from './helpers/until.js';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
let input: string;
beforeAll(async () => {
  folder = temporaryFolder();
  input = await smallRecording(join(folder, 'in.mcap'), { frames: 30 });
});

const count = async (path: string) => {
  const recording = await openRecording(path);
  const counts = Object.fromEntries(recording.topics().map(({ topic, messageCount }) => [topic, messageCount]));
  await recording.close();
  return counts;
};

const openedInfo = async (path: string) => {
  const recording = await openMcap(path);
  await recording.close();
  return recording.info();
};

describe('voxhand record', () => {
  test('records another recording by patterns, in parts that are read as one', async () => {
    const parts = join(folder, 'parts');
    const { code, stdout } = await voxhand([
      ...['record', '--source', input, '-o', join(parts, 'cell.mcap'), '--topics', '/depth/**', '--topics', '/tf*'],
      ...['--split-duration', '300ms', '--json', '--quiet'],
    ]);
    expect(code).toBe(0);
    const { written, parts: files, topics } = JSON.parse(stdout);
    expect(written).toBe(61);
    expect(topics).toHaveLength(3);
    expect(readdirSync(parts)).toEqual(files.map(({ path }: { path: string }) => path.split('/').at(-1)));
    expect((await count(parts))['/depth/camera_info']).toBe(30);
    // and read so by every command that reads
    expect((await voxhand(['info', parts])).stdout).toContain('/depth/image_rect_raw/compressedDepth');
    const replayed = await voxhand(['replay', parts, '--ideal', '--json', '--quiet']);
    expect(replayed.stderr).toContain('--ideal needs ground truth');
  });

  test('says its files on a terminal, and what was dropped', async () => {
    const output = join(folder, 'said.mcap');
    const { code, stdout, stderr } = await voxhand([
      'record',
      '--source',
      input,
      '-o',
      output,
      '--max-duration',
      '500ms',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/recorded +\d+ messages on 4 topics/);
    expect(stdout).toMatch(/ended +--max-duration is reached/);
    expect(stderr).toContain(`wrote ${output}`);
    expect((await count(output))['/hand/truth']).toBe(16);
  });

  test.each([
    [['--source', 'IN', '--topics', '/z'], 2, 'TOPIC_NOT_FOUND'],
    [['--source', 'nowhere.mcap'], 2, 'FILE_NOT_FOUND'],
    [['--source', 'ws://127.0.0.1:9'], 1, 'CONNECTION_FAILED'],
    [['--source', 'IN', '--snapshot-on', 'lost-hand'], 2, 'USAGE'],
    [['--source', 'IN', '--max-bytes', 'much'], 2, 'Expected a size such as 500MB'],
    [['--source', 'IN', '--min-free', '1000TB'], 1, 'WRITE_FAILED'],
  ])('refuses %j', async (args, code, text) => {
    const given = args.map((arg) => (arg === 'IN' ? input : arg));
    const result = await voxhand(['record', '-o', join(folder, 'refused.mcap'), ...given]);
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toContain(text);
    expect(existsSync(join(folder, 'refused.mcap'))).toBe(false);
  });

  test('without ROS 2 says what is missing', async () => {
    const { code, stderr } = await voxhand(['record', '-o', join(folder, 'ros.mcap')], {
      env: { AMENT_PREFIX_PATH: '', ROS_DISTRO: '' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('[ROS2_UNAVAILABLE]');
  });

  test('does not write over a recording unless it is told to, and may name it by the time', async () => {
    const output = join(folder, 'twice.mcap');
    const args = ['record', '--source', input, '-o', output, '--quiet'];
    expect((await voxhand(args)).code).toBe(0);
    expect((await voxhand(args)).stderr).toContain('there is a recording of this name already');
    expect((await voxhand([...args, '--overwrite'])).code).toBe(0);
    const timed = join(folder, 'timed');
    await voxhand(['record', '--source', input, '-o', join(timed, 'cell-{time}.mcap'), '--quiet']);
    expect(readdirSync(timed)[0]).toMatch(/^cell-\d{8}T\d{6}Z\.mcap$/);
  });
});

describe('voxhand record, from a server that plays a recording', () => {
  const start = (args: readonly string[]): ChildProcess & { text: () => string } => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        text += chunk;
      });
    }
    return Object.assign(child, { text: () => text });
  };
  const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('close', resolve));
  /** Depth images in a file; none in one that is not whole yet. */
  const imagesIn = async (file: string) =>
    (await count(file).catch((): Record<string, number> => ({})))['/depth/image_rect_raw/compressedDepth'] ?? 0;

  it('keeps the last seconds and writes them on SIGUSR1, ending with SIGTERM', async () => {
    // long enough not to begin again meanwhile: a jump back begins the ring anew
    const long = await smallRecording(join(folder, 'long.mcap'), { frames: 450, distinct: 30 });
    const server = start(['replay', long, '--to', 'serve', '--port', '0', '--no-track', '--loop']);
    try {
      await until(() => /ws:\/\/\S+/.test(server.text()));
      const [url] = /ws:\/\/[^\s/]+/.exec(server.text()) as RegExpExecArray;
      const output = join(folder, 'snapshots', 'event.mcap');
      const recorder = start(['record', '--source', url, '-o', output, '--snapshot', '500ms', '--json']);
      const first = output.replace('.mcap', '_0.mcap');
      await until(() => recorder.text().includes('recording to'));
      const refusals = () => recorder.text().split('no snapshot (SIGUSR1)').length - 1;
      const ask = async (path: string) => {
        const before = refusals();
        recorder.kill('SIGUSR1');
        await until(() => existsSync(path) || refusals() > before);
      };
      // nothing is written without being asked for, and nothing while nothing has come
      while (!existsSync(first)) {
        expect(readdirSync(join(folder, 'snapshots'))).toEqual([]);
        await ask(first);
      }
      // the first one may hold the camera's calibration alone; on a busy machine nothing may have come since
      let last = first;
      for (let n = 1; !(await imagesIn(last)); n++) {
        last = output.replace('.mcap', `_${n}.mcap`);
        while (!existsSync(last)) await ask(last);
      }
      recorder.kill('SIGTERM');
      expect(await ended(recorder)).toBe(0);
      expect(await imagesIn(last)).toBeGreaterThan(0);
      const recording = await openMcap(last);
      expect(recording.info().metadata[0].values).toMatchObject({ reason: 'SIGUSR1', source: url });
      await recording.close();
    } finally {
      server.kill('SIGTERM');
      await ended(server);
    }
  });
});

describe('voxhand recover', () => {
  test('makes a whole recording of one that breaks off, says what is lost and ends with 3', async () => {
    const cut = join(folder, 'cut.mcap.partial');
    const bytes = await readFile(await smallRecording(join(folder, 'raw.mcap'), { frames: 30, codec: 'raw' }));
    await writeFile(cut, bytes.subarray(0, Math.floor(0.7 * bytes.length)));
    const output = join(folder, 'cut.mcap');
    const { code, stdout } = await voxhand(['recover', cut, '-o', output]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/recovered +\d+ messages on 4 topics/);
    expect(stdout).toMatch(/the file ends within a record/);
    expect((await voxhand(['info', output])).code).toBe(0);
    expect((await voxhand(['check', cut])).stdout).toContain('voxhand recover');
  });

  test('ends with 0 where nothing is wrong, and refuses to write over its input', async () => {
    const output = join(folder, 'sound.mcap');
    const { code, stdout } = await voxhand(['recover', input, '-o', output, '--json', '--quiet']);
    expect([code, JSON.parse(stdout).whole]).toEqual([0, true]);
    expect((await voxhand(['recover', input, '-o', input])).code).toBe(2);
    expect((await voxhand(['recover', join(folder, 'nowhere'), '-o', output])).code).toBe(2);
  });
});

describe('voxhand check', () => {
  test('ends with 0 for a sound recording and with 1 for one with a problem', async () => {
    expect(await voxhand(['check', input, '--quiet'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing is wrong'),
    });
    const broken = join(folder, 'broken.mcap');
    const bytes = await readFile(input);
    await writeFile(broken, bytes);
    await truncate(broken, bytes.length - 100);
    const { code, stdout } = await voxhand(['check', broken, '--json', '--quiet']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, findings: [{ severity: 'error', code: 'not-finished' }] });
  });

  test.each(['demo', 'hard', 'sr305'])('finds nothing wrong with recordings/%s.mcap', async (name) => {
    const { code, stdout } = await voxhand(['check', join(REPOSITORY, 'recordings', `${name}.mcap`), '--quiet']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('nothing is wrong')]);
  });
});

describe('voxhand cut', () => {
  test('cuts out a range of some topics', async () => {
    const output = join(folder, 'piece.mcap');
    const args = [
      'cut',
      input,
      '-o',
      output,
      '--start',
      '200ms',
      '--duration',
      '300ms',
      '--topics',
      '/depth/**',
      '--topics',
      '/tf_static',
    ];
    const { code, stdout } = await voxhand(args);
    expect(code).toBe(0);
    expect(stdout).toContain(`${output}: 0.30 s, 19 messages, 1 of them from before on 3 topics`);
    expect(await count(output)).toEqual({
      '/tf_static': 1,
      '/depth/camera_info': 9,
      '/depth/image_rect_raw/compressedDepth': 9,
    });
    expect((await voxhand([...args, '--no-latch'])).stdout).toContain('18 messages on');
    expect((await voxhand([...args, '--latch', '**/camera_info'])).stdout).toContain(
      '19 messages, 1 of them from before',
    );
  });

  test.each([
    [['--start', '1s', '--end', '500ms'], 2, 'the end is before the start'],
    [['--duration', '1s', '--end', '2s'], 2, 'both set the end'],
    [['--start', '1h'], 1, 'the recording ends before the start'],
    [['--start', 'soon'], 2, 'Expected a time'],
  ])('refuses %j', async (args, code, text) => {
    const result = await voxhand(['cut', input, '-o', join(folder, 'none.mcap'), ...args]);
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toContain(text);
    expect(existsSync(join(folder, 'none.mcap'))).toBe(false);
  });
});

describe('voxhand replay', () => {
  const replay = async (...args: string[]) => {
    const { code, stdout } = await voxhand(['replay', input, '--ideal', '--json', '--quiet', ...args]);
    return { code, report: JSON.parse(stdout) };
  };

  test('of a part, with faults, twice the same; and of a loop', async () => {
    const part = await replay('--start', '200ms', '--duration', '500ms');
    expect([part.code, part.report.frames.in]).toEqual([0, 15]);
    const [first, second] = [
      await replay('--duration', '500ms', '--fault', 'drop=0.2,seed=3'),
      await replay('--duration', '500ms', '--fault', 'drop=20%', '--fault', 'seed=3'),
    ];
    expect(first.report.digest).toBe(second.report.digest);
    expect(first.report.faults.dropped).toBeGreaterThan(0);
    expect(first.report.digest).not.toBe(part.report.digest);
    expect((await replay('--loop', '2', '--duration', '250ms')).report.frames.in).toBe(2 * 8);
  });

  test('at the pace of the recording', async () => {
    const { report } = await replay('--rate', '2', '--duration', '600ms');
    expect(report.seconds).toBeGreaterThan(0.25);
  });

  test.each([
    [['--start-paused'], '--to serve'],
    [['--no-track'], '--to with it'],
    [['--clock'], '--to ros2 --no-track'],
    [['--remap', '/a=/b'], '--remap /old:=/new'],
    [['--remap', '/no:=/b'], 'no topic /no to rename'],
    [['--fault', 'drop=2'], 'a share from 0 to 1'],
    [['--loop', '2', '-o', 'x.mcap'], 'again and again'],
    [['--to', 'rviz'], 'ros2, serve'],
  ])('refuses %j', async (args, text) => {
    const { code, stdout, stderr } = await voxhand(['replay', input, '--ideal', ...args], { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });

  test('of a sqlite3 bag that is damaged says what is wrong with it', async () => {
    const bag = join(folder, 'bag');
    mkdirSync(bag);
    await writeFile(join(bag, 'bag_0.db3'), 'SQLite format 3\0');
    for (const path of [bag, join(bag, 'bag_0.db3')]) {
      const { code, stderr } = await voxhand(['replay', path]);
      expect(code).toBe(1);
      expect(stderr).toContain('file is not a database; expected a whole database');
      expect(stderr).toContain(join(bag, 'bag_0.db3'));
    }
  });
});

describe('the output of a command', () => {
  test.each(['cut', 'recover'])('of %s is never its input, or a part of it', async (command) => {
    const parts = join(folder, `parts-${command}`);
    mkdirSync(parts);
    const part = join(parts, 'cell_0.mcap');
    const bytes = await readFile(input);
    await writeFile(part, bytes);
    const link = join(folder, `link-${command}.mcap`);
    symlinkSync(part, link);
    const refused = [
      [part, part, 'would overwrite the input'],
      [link, part, 'would overwrite the input'],
      ...(command === 'cut'
        ? [
            [parts, part, 'would overwrite the input'],
            [parts, join(parts, 'new.mcap'), 'would become a part of the input'],
          ]
        : []),
      [part, folder, 'is a folder'],
    ];
    for (const [from, output, text] of refused) {
      const { code, stdout, stderr } = await voxhand([command, from, '-o', output]);
      expect([code, stdout], output).toEqual([2, '']);
      expect(stderr).toContain(text);
    }
    expect(readdirSync(parts)).toEqual(['cell_0.mcap']);
    expect((await readFile(part)).equals(bytes)).toBe(true);
  });

  test.each(['cut', 'recover', 'replay'])('of %s may be named as its partial input: that stays', async (command) => {
    const output = join(folder, `crashed-${command}.mcap`);
    const bytes = (await readFile(input)).subarray(0, -100);
    await writeFile(`${output}.partial`, bytes);
    const ideal = command === 'replay' ? ['--ideal'] : [];
    const { code } = await voxhand([command, `${output}.partial`, '-o', output, '--quiet', ...ideal]);
    expect(code).toBe(3);
    const kept = command === 'replay' ? `${output}.partial.1` : `${output}.partial`;
    expect((await readFile(kept)).equals(bytes)).toBe(true);
    expect((await openedInfo(output)).truncated).toBe(false);
  });

  test.each([
    ['cut', 'SIGINT', 130],
    ['recover', 'SIGINT', 130],
    ['recover', 'SIGTERM', 143],
  ] as const)('of %s that %s stops does not get its name', async (command, signal, expected) => {
    const large = join(folder, 'large.mcap');
    if (!existsSync(large)) {
      const sink = await createMcapSink(large, { compression: 'none' });
      const data = new Uint8Array(200_000).map((_, i) => (i * 2654435761) >>> 13);
      const none = { schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'cdr' };
      for (let sequence = 0; sequence < 600; sequence++) {
        const logTime = BigInt(sequence);
        await sink.write({ ...none, topic: '/a', data, logTime, publishTime: logTime, sequence });
      }
      await sink.close();
    }
    const output = join(folder, `${command}-${signal}.mcap`);
    await writeFile(output, 'the one before');
    const { code, stdout } = await voxhandProcess([command, large, '-o', output, '--json', '--quiet'], {
      during: (child) => {
        const timer = setInterval(() => {
          if (!existsSync(`${output}.unfinished`)) return;
          child.kill(signal);
          clearInterval(timer);
        }, 5);
      },
    });
    expect(code).toBe(expected);
    expect(JSON.parse(stdout)).toMatchObject({ aborted: true, output: `${output}.unfinished` });
    expect(await readFile(output, 'utf8')).toBe('the one before');
    const left = await openedInfo(`${output}.unfinished`);
    expect(left.truncated).toBe(false);
    expect(left.messageCount).toBeLessThan(600);
  });
});

test.each(['info', 'check', 'cut', 'recover'])('%s of a pipe does not wait for its writer', async (command) => {
  const pipe = join(folder, 'pipe');
  if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
  const output = ['cut', 'recover'].includes(command) ? ['-o', join(folder, 'of-pipe.mcap')] : [];
  const { code, stderr } = await voxhand([command, pipe, ...output]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/not a file; expected .*; found a pipe.*; at .* \[FILE_INVALID\]/);
});

test.each(['record', 'recover', 'check', 'cut'])('explains %s, with an example, and on stdout', async (command) => {
  const { code, stdout, stderr } = await voxhand([command, '--help']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`Usage: voxhand ${command}`);
  expect(stdout).toMatch(/Example:\n {2}\$ voxhand /);
});
