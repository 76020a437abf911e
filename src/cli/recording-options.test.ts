import { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import type { PrefixedRecordingValues, RecordingValues } from './recording-options.js';
import { addRecordingOptions, reasonsByName, recordingOptions, timedName, withoutPrefix } from './recording-options.js';

const TOPICS = { hands: ['/hand/joints'], gestures: ['/hand/gestures'] };
const DEFAULTS = { compression: 'fast', minFreeBytes: 128 << 20, pendingBytes: 128 << 20, overwrite: false };

/** What a command line makes of them, without the prefix and with it. */
function parsed(...args: string[]): RecordingValues[] {
  const plain = addRecordingOptions(new Command().exitOverride());
  plain.parse(args, { from: 'user' });
  const prefixed = addRecordingOptions(new Command().exitOverride().option('--record <file>'), { prefix: true });
  const renamed = args.map((arg) => arg.replace(/^--/, '--record-'));
  prefixed.parse(['--record', 'a.mcap', ...renamed], { from: 'user' });
  return [plain.opts<RecordingValues>(), withoutPrefix(prefixed.opts<PrefixedRecordingValues>())];
}

describe('the options of a recording', () => {
  test.each<[string[], object]>([
    [[], {}],
    [
      ['--compression', 'none', '--split-size', '2GB', '--split-duration', '10m'],
      { compression: 'none', splitBytes: 2e9, splitSeconds: 600 },
    ],
    [
      ['--max-bytes', '1MiB', '--max-duration', '1h', '--overwrite'],
      { maxBytes: 2 ** 20, maxSeconds: 3600, overwrite: true },
    ],
    [['--min-free', '0', '--pending', '1MB'], { minFreeBytes: 0, pendingBytes: 1e6 }],
    [['--snapshot', '10s'], { ring: { seconds: 10, bytes: 512 << 20 } }],
    [
      ['--snapshot', '10s', '--snapshot-bytes', '1MB', '--snapshot-on', 'lost-hand', '--snapshot-after', '2s'],
      { ring: { seconds: 10, bytes: 1e6 }, triggers: { lostHand: ['/hand/joints'], event: [], afterSeconds: 2 } },
    ],
    [
      ['--snapshot', '10s', '--snapshot-on', 'gesture', '--snapshot-on', '/stop'],
      { ring: { seconds: 10, bytes: 512 << 20 }, triggers: { lostHand: [], event: ['/hand/gestures', '/stop'] } },
    ],
  ])('%j are the same with a prefix', (args, expected) => {
    for (const values of parsed(...args))
      expect(recordingOptions(values, TOPICS)).toEqual({ ...DEFAULTS, ...expected });
  });

  test.each([
    [['--snapshot-on', 'lost-hand'], '--snapshot-on'],
    [['--snapshot', '10s', '--snapshot-after', '2s'], '--snapshot-after'],
  ])('%j are refused', (args, where) => {
    for (const values of parsed(...args)) {
      expect(() => recordingOptions(values, TOPICS)).toThrow(expect.objectContaining({ code: 'USAGE', where }));
    }
  });

  it('name topics as reasons', () => {
    const [values] = parsed('--snapshot-on', '/a', '--snapshot-on', 'gesture', '--snapshot-on', 'lost-hand');
    expect(reasonsByName(values)).toEqual(['/a']);
  });

  it('put the time into a name', () => {
    expect(timedName('c-{time}-{time}.mcap', new Date(0))).toBe('c-19700101T000000Z-19700101T000000Z.mcap');
    expect(timedName('c.mcap')).toBe('c.mcap');
  });
});

describe('a limit of a recording', () => {
  test.each([
    ['--split-size', '0'],
    ['--split-size', '0.4'],
    ['--split-duration', '0s'],
    ['--max-bytes', '0'],
    ['--max-duration', '0'],
    ['--pending', '0MB'],
    ['--snapshot', '0'],
    ['--snapshot-bytes', '0'],
  ])('%s %s is refused: nothing could be written', (flag, value) => {
    const command = addRecordingOptions(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    expect(() => command.parse([flag, value], { from: 'user' })).toThrow('greater than 0');
  });

  test('of the disk may be 0', () => {
    const command = addRecordingOptions(new Command()).exitOverride();
    expect(command.parse(['--min-free', '0'], { from: 'user' }).opts()).toMatchObject({ minFree: 0 });
  });
});
