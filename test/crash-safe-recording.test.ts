import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { SeededRandom } from '../src/geometry/random.js';
import { recoverRecording } from '../src/recording/recover.js';
import { createMcapSink } from '../src/transport/mcap/mcap-sink.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { voxhandProcess } from './helpers/cli.js';
import { slowness } from './helpers/slowness.js';
import { until } from './helpers/until.js';

const SCRIPT = fileURLToPath(new URL('./helpers/record-process.mjs', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voxhand-crash-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Recording {
  readonly child: ChildProcess;
  /** What it says, line by line. */
  readonly lines: unknown[];
  readonly ended: Promise<number | null>;
  until(what: (line: unknown) => boolean): Promise<void>;
}

function startRecording(output: string, options: Record<string, unknown> = {}): Recording {
  const child = spawn(process.execPath, [SCRIPT, output, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: unknown[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk;
    const whole = text.split('\n');
    text = whole.pop() as string;
    lines.push(...whole.map((line) => JSON.parse(line)));
    for (const look of waiting) look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    lines,
    ended,
    until: (what) =>
      new Promise((resolve) => {
        const look = () => {
          if (!lines.some(what)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a recorder that is killed (P10)', () => {
  it('at 20 random moments has lost nothing that is older than a second, and its file is recovered', async () => {
    const random = new SeededRandom(10);
    const delays = Array.from({ length: 20 }, () => random.uniform(50, 2500));
    const runs = delays.map((delay, i) => async () => {
      const output = join(folder, `killed-${i}.mcap`);
      const compression = ['none', 'fast', 'small'][i % 3];
      const recording = startRecording(output, { compression, chunkBytes: 500_000 });
      await recording.until((line) => line === 'recording');
      const begin = Date.now();
      await sleep(delay);
      recording.child.kill('SIGKILL');
      const killed = Date.now();
      await recording.ended;
      const slow = slowness();
      expect(existsSync(output)).toBe(false);
      const partial = await openMcap(`${output}.partial`);
      const { messageCount, startTime, endTime } = partial.info();
      const sequences = new Map<string, number[]>();
      if (messageCount > 0) {
        for await (const { topic, sequence } of partial.subscribe()) {
          const list = sequences.get(topic) ?? [];
          sequences.set(topic, list);
          list.push(sequence);
        }
      }
      await partial.close();
      const found = sequences.get('/a') ?? [];
      // nothing is missing in between
      for (const list of sequences.values()) expect(list).toEqual(list.map((_, k) => k));
      const lostMs = endTime === undefined ? killed - begin : killed - Number(endTime / 1_000_000n);
      expect(lostMs).toBeLessThan(1000 * slow);
      if (startTime !== undefined) expect(Number(startTime / 1_000_000n) - begin).toBeLessThan(500 * slow);

      const recovered = join(folder, `recovered-${i}.mcap`);
      if (messageCount === 0) return { found: 0 }; // killed before anything had to be there
      const report = await recoverRecording(`${output}.partial`, recovered);
      expect(report).toMatchObject({ whole: false, recovered: { messages: messageCount } });
      // as a user would, once
      if (i === 19)
        expect((await voxhandProcess(['recover', `${output}.partial`, '-o', `${recovered}.cli`])).code).toBe(3);
      const whole = await openMcap(recovered);
      expect(whole.info()).toMatchObject({ messageCount, indexed: true, truncated: false });
      await whole.close();
      return { found: found.length };
    });
    const results: Awaited<ReturnType<(typeof runs)[number]>>[] = [];
    const next = async () => {
      for (let run = runs.shift(); run !== undefined; run = runs.shift()) results.push(await run());
    };
    await Promise.all([next(), next(), next(), next()]);
    expect(results).toHaveLength(20);
    expect(results.some(({ found }) => found > 10)).toBe(true);
  }, 240_000);

  it('does not lose what it left when it is started again', async () => {
    const output = join(folder, 'again.mcap');
    for (let i = 0; i < 2; i++) {
      const recording = startRecording(output);
      await recording.until((line) => (line as { written?: number }).written !== undefined);
      recording.child.kill('SIGKILL');
      await recording.ended;
    }
    expect(existsSync(`${output}.partial.1`)).toBe(true);
    const recording = startRecording(output);
    await recording.until((line) => line === 'recording');
    recording.child.kill('SIGTERM');
    await recording.ended;
    const names = (await readdir(folder)).filter((name) => name.startsWith('again')).sort();
    expect(names).toEqual(['again.mcap', 'again.mcap.partial.1', 'again.mcap.partial.2']);
  });
});

describe('a recorder that is told to stop (P12)', () => {
  it('by SIGTERM finishes its file within two seconds', async () => {
    const output = join(folder, 'stopped.mcap');
    const recording = startRecording(output);
    await recording.until((line) => ((line as { written?: number }).written ?? 0) > 50);
    recording.child.kill('SIGTERM');
    const begin = Date.now();
    expect(await recording.ended).toBe(0);
    expect(Date.now() - begin).toBeLessThan(2000 * slowness());
    const { received, written, end } = recording.lines.at(-1) as Record<string, unknown>;
    expect(end).toEqual({ reason: 'stopped' });
    expect(written).toBe(received);
    const source = await openMcap(output);
    expect(source.info()).toMatchObject({ indexed: true, truncated: false, messageCount: written });
    await source.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s on the command line ends with 0 and a whole file', async (signal) => {
    const input = join(folder, 'long.mcap');
    if (!existsSync(input)) {
      const sink = await createMcapSink(input, { compression: 'none' });
      const data = new Uint8Array(200_000);
      for (let i = 0; i < data.length; i++) data[i] = (i * 2654435761) >>> 13;
      for (let i = 0; i < 500; i++) {
        const logTime = BigInt(i) * 10_000_000n;
        const none = { schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'cdr' };
        await sink.write({ ...none, topic: '/a', data, logTime, publishTime: logTime, sequence: i });
      }
      await sink.close();
    }
    const output = join(folder, `cli-${signal}.mcap`);
    const args = ['record', '--source', input, '-o', output, '--compression', 'small', '--json', '--quiet'];
    const { code, stdout, stderr } = await voxhandProcess(args, {
      during: (child) => {
        const timer = setInterval(() => {
          if (!existsSync(`${output}.partial`)) return;
          child.kill(signal);
          clearInterval(timer);
        }, 5);
      },
    });
    expect([code, stderr]).toEqual([0, '']);
    const { written, end, parts } = JSON.parse(stdout);
    expect(end).toEqual({ reason: 'stopped' });
    expect(parts).toHaveLength(1);
    const source = await openMcap(output);
    expect(source.info()).toMatchObject({ messageCount: written, truncated: false });
    expect(written).toBeLessThan(500);
    await source.close();
  });
});

describe('a recorder on a full disk (P11)', () => {
  const mountpoint = () => join(folder, 'small-disk');
  let mounted = false;
  beforeAll(() => {
    mkdirSync(mountpoint());
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mountpoint()], { stdio: 'ignore' });
      mounted = true;
    } catch {
      process.stderr.write('NOT RUN: a full disk, for this user may not mount a tmpfs\n');
    }
  });
  afterAll(() => {
    if (mounted) execFileSync('umount', [mountpoint()]);
  });

  test.each(['none', 'fast'])(
    'ends, packed %s, with one clear error, a file up to there, and the process goes on',
    async (compression) => {
      if (!mounted) return expect.soft(mounted, 'skipped: this user may not mount a tmpfs').toBe(false);
      const output = join(mountpoint(), `${compression}.mcap`);
      const options = { compression, minFreeBytes: 0, everyMs: 2, bytes: 100_000 };
      const recording = startRecording(output, options);
      await recording.until((line) => (line as { end?: unknown }).end !== undefined);
      const atEnd = recording.lines.length;
      await until(() => recording.lines.length > atEnd); // the process lives, and says so
      recording.child.kill('SIGTERM');
      expect(await recording.ended).toBe(0);
      const ends = recording.lines.filter(
        (line) => (line as { end?: unknown }).end !== undefined && !('parts' in (line as object)),
      );
      expect(ends).toMatchObject([
        { end: { reason: 'write-failed', error: { code: 'WRITE_FAILED', message: /ENOSPC|no space/ } } },
      ]);
      const report = recording.lines.at(-1) as {
        parts: { path: string; whole: boolean; messages: number }[];
        received: number;
        written: number;
        dropped: Record<string, number>[];
      };
      const dropped = report.dropped.reduce((sum, causes) => sum + Object.values(causes).reduce((a, b) => a + b, 0), 0);
      expect(report.written + dropped).toBe(report.received);
      const [{ path, whole, messages }] = report.parts;
      const source = await openMcap(whole ? path : `${path}.partial`);
      expect(source.info().messageCount).toBe(messages);
      expect(messages).toBe(report.written);
      expect(messages).toBeGreaterThan(20);
      let count = 0;
      for await (const _ of source.subscribe()) count++;
      expect(count).toBe(messages);
      await source.close();
      rmSync(whole ? path : `${path}.partial`);
    },
  );

  it('ends before it is full, with a whole file, where it must have something left', async () => {
    if (!mounted) return;
    const output = join(mountpoint(), 'guarded.mcap');
    const recording = startRecording(output, {
      compression: 'none',
      minFreeBytes: 4e6,
      bytes: 20_000,
      syncSeconds: 0.05,
    });
    await recording.until((line) => (line as { end?: unknown }).end !== undefined);
    recording.child.kill('SIGTERM');
    await recording.ended;
    expect(recording.lines.at(-1)).toMatchObject({ end: { reason: 'min-free' }, parts: [{ whole: true }] });
    const source = await openMcap(output);
    expect(source.info().truncated).toBe(false);
    await source.close();
  });
});
