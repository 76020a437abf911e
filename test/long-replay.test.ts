import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { McapRecordBuilder } from '@mcap/core';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createMcapSink } from '../src/transport/mcap/mcap-sink.js';
import { temporaryFolder, voxhand, voxhandProcess } from './helpers/cli.js';
import { smallRecording } from './helpers/recordings.js';

const MEGABYTE = 2 ** 20;

const FRAMES_OF_LONG = 6000;

it('replays 6,000 frames in constant memory and accounts for each of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voxhand-long-'));
  try {
    const script = fileURLToPath(new URL('./helpers/long-replay.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      script,
      folder,
      String(FRAMES_OF_LONG),
    ]);
    const { counts, memory } = JSON.parse(stdout);
    expect(counts.in).toBe(FRAMES_OF_LONG);
    expect(counts.out).toBe(FRAMES_OF_LONG);
    expect(counts.pending).toBe(0);
    expect(counts.tracked).toBeGreaterThan(0.95 * FRAMES_OF_LONG);

    // grows by 0.5 MB in the first 3,000 frames (rings of times, chunk index), and by 0.01 MB in each further thousand
    const [early, late] = [memory[0], memory[memory.length - 1]];
    expect(late.frames).toBe(FRAMES_OF_LONG);
    expect((late.heapUsed - early.heapUsed) / MEGABYTE).toBeLessThan(2);
    expect((late.arrayBuffers - early.arrayBuffers) / MEGABYTE).toBeLessThan(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 600_000);

describe('a replay of a recording with damaged images (P9)', () => {
  const FRAMES = 40;
  const faults = ['--fault', 'corrupt=0.3,seed=2,topics=/depth/image_rect_raw/compressedDepth'];
  const light = ['--ideal', '--set', 'detection.method=geometric'];
  let folder: string;
  let input: string;
  let first: Awaited<ReturnType<typeof replay>>;

  beforeAll(async () => {
    folder = temporaryFolder();
    input = await smallRecording(join(folder, 'in.mcap'), { frames: FRAMES });
    first = await replay();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function replay(...pace: string[]) {
    const { code, stdout } = await voxhand(['replay', input, ...light, '--json', '--quiet', ...faults, ...pace]);
    const { frames, digest } = JSON.parse(stdout);
    return { code, frames, digest };
  }

  test('gives a result or a reason for each of its frames', () => {
    const { in: came, out, pending, dropped, tracked, lost } = first.frames;
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, n) => total + n, 0);
    expect({ came, pending, code: first.code }).toEqual({ came: FRAMES, pending: 0, code: 3 });
    expect(sum(dropped)).toBeGreaterThan(5);
    expect(out + sum(dropped)).toBe(FRAMES);
    expect(tracked + sum(lost)).toBe(out);
  });

  test.each([[[]], [['--rate', '100']], [['--rate', '3']]])('gives the same ones again: %j', async (pace) => {
    expect(await replay(...pace)).toEqual(first);
  });
});

describe.skipIf(process.platform !== 'linux')('a recording that is larger than the memory a command may use', () => {
  const MESSAGES = 1200;
  const BYTES = 250_000;
  /** Of a command that does nothing, and beyond it. The recordings have 300 MB. */
  const MOST_MEGABYTES = 150;
  let folder: string;
  /** What a command loads before it reads anything. */
  let idle: number;
  const of = (name: string) => join(folder, `${name}.mcap`);

  beforeAll(async () => {
    folder = temporaryFolder();
    const none = { schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'x' };
    const data = new Uint8Array(BYTES).map((_, i) => Math.imul(i, 2654435761) >>> 13);
    const sink = await createMcapSink(of('chunks'), { compression: 'none' });
    const bare = new McapRecordBuilder();
    bare.writeMagic();
    bare.writeHeader({ profile: '', library: '' });
    bare.writeChannel({ id: 0, schemaId: 0, topic: '/a', messageEncoding: 'x', metadata: new Map() });
    await writeFile(of('bare'), bare.buffer);
    for (let sequence = 0; sequence < MESSAGES; sequence++) {
      const logTime = BigInt(sequence) * 10_000_000n;
      await sink.write({ ...none, topic: '/a', data, logTime, publishTime: logTime, sequence });
      const record = new McapRecordBuilder();
      record.writeMessage({ channelId: 0, data, logTime, publishTime: logTime, sequence });
      appendFileSync(of('bare'), record.buffer);
    }
    await sink.close();
    // a wrong bit, a hole, and no end
    const damaged = await readFile(of('chunks'));
    damaged[75_000_000] ^= 1;
    damaged.fill(0, 150_000_000, 170_000_000);
    await writeFile(of('damaged'), damaged.subarray(0, 275_000_000));
    idle = (await run('recover', of('nowhere'), '-o', of('out'))).megabytes;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(...args: string[]): Promise<{ code: number | null; megabytes: number; stdout: string }> {
    const memory = join(folder, 'memory.txt');
    const preload = fileURLToPath(new URL('./helpers/say-memory.mjs', import.meta.url));
    const { code, stdout } = await voxhandProcess([...args, '--json', '--quiet'], {
      env: { MEMORY_FILE: memory, NODE_OPTIONS: `--import=${preload}` },
    });
    return { code, stdout, megabytes: Number(await readFile(memory, 'utf8')) / 1024 };
  }

  test.each([
    ['info', 'chunks', 0],
    ['info', 'bare', 3],
    ['info', 'damaged', 3],
    ['check', 'chunks', 1],
    ['check', 'bare', 1],
    ['check', 'damaged', 1],
    ['cut', 'chunks', 0],
    ['cut', 'bare', 3],
    ['recover', 'chunks', 0],
    ['recover', 'bare', 3],
    ['recover', 'damaged', 3],
  ] as const)('is read by %s in memory that does not grow with it: %s', async (command, name, expected) => {
    const output = ['cut', 'recover'].includes(command) ? ['-o', of('out')] : [];
    const { code, stdout, megabytes } = await run(command, of(name), ...output);
    expect(code).toBe(expected);
    const report = JSON.parse(stdout);
    const messages = command === 'recover' ? report.recovered.messages : report.messages;
    if (name !== 'damaged') expect(messages).toBe(MESSAGES);
    else expect(messages).toBeGreaterThan(command === 'info' ? 290 : 1000);
    expect(megabytes - idle).toBeLessThan(MOST_MEGABYTES);
  });
});
