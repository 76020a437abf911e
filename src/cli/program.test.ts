import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { run } from './program.js';

const EVIL = '\u001b[2J\u009b1m\u0000\u202e\u200b\nvoxhand: nothing is wrong\r\n::error::x';
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

let folder = '';
let recording = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-evil-'));
  recording = join(folder, `${EVIL.replaceAll('\0', '').replaceAll('/', '')}.mcap`);
  const sink = await createMcapSink(recording, {
    library: EVIL,
    profile: EVIL,
    metadata: { [EVIL]: EVIL, configuration: EVIL },
  });
  const schema = {
    schemaName: `a/msg/${EVIL}`,
    schemaEncoding: 'ros2msg',
    schemaData: new Uint8Array(0),
    messageEncoding: 'cdr',
  };
  for (const topic of [`/depth/image${EVIL}`, `/hand/joints${EVIL}`, '/hand/joints']) {
    for (const logTime of [1n, 2n]) {
      await sink.write({
        topic,
        ...schema,
        data: Uint8Array.of(0, 1, 0, 0),
        logTime,
        publishTime: logTime,
        sequence: 0,
      });
    }
  }
  await sink.addMetadata(EVIL, { [EVIL]: EVIL });
  await sink.close();
  await writeFile(join(folder, 'alias.yaml'), `inference:\n  ${JSON.stringify(EVIL)}: &a\n    <<: *a\n`);
  await writeFile(join(folder, 'evil.yaml'), `${JSON.stringify({ [EVIL]: EVIL, topics: { [EVIL]: 1 } })}\n`);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** What a command prints, of both streams. */
async function printed(
  ...args: string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const texts = { out: '', err: '' };
  const into = (name: 'out' | 'err') => (text: string | Uint8Array) => {
    texts[name] += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  const code = await run(args);
  vi.restoreAllMocks();
  return { code, ...texts };
}

describe('names and texts of a recording, a file and the command line that a terminal would act on', () => {
  test.each([
    ['info', 0, () => [recording]],
    ['check', 1, () => [recording]],
    ['cut', 2, () => [recording, '-o', join(folder, 'cut.mcap'), '--topics', `no${EVIL}`]],
    [
      'cut',
      0,
      () => [
        recording,
        '-o',
        join(folder, `${EVIL.slice(0, 5).replaceAll('\0', '')}cut.mcap`),
        '--topics',
        '/hand/joints',
      ],
    ],
    ['replay', 2, () => [recording]],
    ['replay', 2, () => [recording, '--config', join(folder, 'evil.yaml')]],
    ['replay', 2, () => [recording, '--set', `${EVIL}=1`]],
    ['recover', 0, () => [recording, '-o', join(folder, 'recovered.mcap')]],
    ['record', 0, () => ['--source', recording, '-o', join(folder, 'recorded.mcap')]],
    ['compare', 1, () => [recording, recording]],
    ['compare', 2, () => [recording, recording, '--tolerances', join(folder, 'evil.yaml')]],
    ['eval', 2, () => [recording, '--truth', recording, '--topic', '/hand/joints']],
    ['info', 2, () => [join(folder, EVIL.replaceAll('\0', ''))]],
    ['info', 2, () => [`--${EVIL}`]],
    ['help', 2, () => [EVIL]],
    ['replay', 2, () => [recording, '--config', join(folder, 'alias.yaml')]],
    ['replay', 2, () => [recording, '--set', 'inference.model=*nope']],
    ['run', 2, () => ['--source', recording, '--config', join(folder, 'alias.yaml')]],
  ])('are shown as escapes by %s, which ends with %i', async (command, exitCode, args) => {
    const { code, out, err } = await printed(command, ...args());
    expect({ code, out, err }).toMatchObject({ code: exitCode });
    expect(out + err).not.toBe('');
    expect(out).not.toMatch(UNPRINTABLE);
    expect(err).not.toMatch(UNPRINTABLE);
    expect(`${out}\n${err}`.split('\n').filter((line) => /^\s*(voxhand: nothing is wrong|::)/.test(line))).toEqual([]);
  });

  test('stay what they are in JSON', async () => {
    const { out } = await printed('info', recording, '--json');
    expect(JSON.parse(out)).toMatchObject({ library: EVIL, topics: [{ topic: `/depth/image${EVIL}` }, {}, {}] });
    expect(out).not.toMatch(UNPRINTABLE);
  });
});

test('a stack is printed below the error without what its message would add', async () => {
  const { err } = await printed('info', join(folder, `no\n    at ${EVIL.replaceAll('\0', '')}`), '--verbose');
  const [first, second, ...frames] = err.trimEnd().split('\n');
  expect([first, second]).toEqual([
    expect.stringMatching(/^voxhand: .*\[FILE_NOT_FOUND\]$/),
    expect.stringMatching(/^VoxhandError: .*no\\n {4}at /),
  ]);
  expect(frames.filter((line) => !/^( {4}at |Caused by: )/.test(line))).toEqual([]);
});

test('an unknown command is answered with the nearest one, in a line', async () => {
  const { code, err } = await printed('ifno');
  expect([code, err]).toEqual([2, "voxhand: unknown command 'ifno' (Did you mean info?) [USAGE]\n"]);
});

test('import names all options that it lacks at once', async () => {
  const { code, err } = await printed('import', folder, '-o', join(folder, 'x.mcap'), '--fx', '476', '--cx', '313');
  expect([code, err]).toEqual([
    2,
    'voxhand: required options not specified; expected --fy <pixels>, --cy <pixels>, --depth-unit <metres>, --fps <rate> [USAGE]\n',
  ]);
});

describe('an option that has no effect beside the others', () => {
  test.each([
    ['synth', '--jitter', ['-o', 'x.mcap', '--jitter', '0'], '--preset two-cameras or three-cameras with it'],
    ['synth', '--motion', ['-o', 'x.mcap', '--motion', 'objects'], '--preset two-cameras or three-cameras with it'],
    ['synth', '--seconds', ['-o', 'x.mcap', '--seconds', '6', '--frames', '3'], '--seconds or --frames'],
    ['eval', '--only', ['x.mcap', '--truth', 'x.mcap', '--only', 'press'], '--events with it'],
    ['eval', '--gestures-topic', ['x.mcap', '--truth', 'x.mcap', '--gestures-topic', 'none'], '--events with it'],
    ['eval', '--plot', ['x.mcap', '--truth', 'x.mcap', '--events', '--plot', 'x.png'], 'no --events'],
    ['eval', '--truth-format', ['x.mcap', '--truth', 'x.mcap', '--truth-format', 'xyz'], '--dataset with it'],
    ['eval', '--output', ['x.txt', '--truth', 'x.txt', '--dataset', 'nyu', '--output', 'y.txt'], '--smooth with it'],
    ['run', '--mqtt-prefix', ['--mqtt-prefix', 'cell'], '--mqtt with it'],
    ['run', '--record-split-size', ['--record-split-size', '1GB'], '--record with it'],
    ['run', '--token', ['--token', 'abcdefghijklmnop'], '--serve with it'],
    ['record', '--snapshot-bytes', ['-o', 'x.mcap', '--snapshot-bytes', '1MB'], '--snapshot with it'],
    ['replay', '--preview-frames', ['x.mcap', '--preview-frames', '3'], '--preview with it'],
    ['replay', '--host', ['x.mcap', '--host', '::1'], '--serve with it'],
    ['replay', '--tls-cert', ['x.mcap', '--to', 'ros2', '--tls-cert', 'x'], '--serve with it'],
    ['demo', '--contactless', ['--once', '--contactless'], 'no --once'],
  ])('of %s, %s, is refused', async (command, option, args, expected) => {
    const { code, err } = await printed(command, ...args);
    expect([code, err]).toEqual([2, `voxhand: ${option} has no effect here; expected ${expected} [USAGE]\n`]);
  });

  test('may come from a default or the environment', async () => {
    vi.stubEnv('VOXHAND_TOKEN', 'abcdefghijklmnop');
    const { err } = await printed('replay', join(folder, 'none.mcap'));
    vi.unstubAllEnvs();
    expect(err).toMatch(/FILE_NOT_FOUND/);
  });
});

test.each([
  [['--jitter', '-1'], 'Expected a number from 0 to 1.'],
  [['--angle', '500'], 'Expected a number from 0 to 180.'],
  [['--phase', '1.5'], 'Expected a number from 0 to 1.'],
  [['--calibration-error', '5,-1'], 'Expected a number from 0 to 1000.'],
])('synth %j is refused', async (args, message) => {
  const { code, err } = await printed('synth', '-o', join(folder, 'x.mcap'), '--preset', 'two-cameras', ...args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});
