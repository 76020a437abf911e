import { describe, expect, it } from 'vitest';
import { clock, count, hertz, milliseconds, speed, words } from './format.js';
import { parseSettings } from './settings.js';

describe('numbers on the page', () => {
  it.each([
    [0n, '0:00.00'],
    [1_239_999_999n, '0:01.23'],
    [59_999_999_999n, '0:59.99'],
    [60_000_000_000n, '1:00.00'],
    [3_725_010_000_000n, '62:05.01'],
  ])('%s ns are %s', (time, text) => {
    expect(clock(time)).toBe(text);
  });

  it('have as many places as tell something', () => {
    expect([0.123, 4.21, 42.4, -3.3].map(milliseconds)).toEqual(['0.12', '4.2', '42', '-3.3']);
    expect([7.45, 25, 99.96].map(hertz)).toEqual(['7.5', '25.0', '100']);
    expect([0.1, 1, Math.fround(0.3)].map(speed)).toEqual(['0.1×', '1×', '0.3×']);
    expect(count(1204)).toBe('1,204');
  });

  it('names become words', () => {
    expect(['no-candidate', 'PNG_INVALID', 'open_palm'].map(words)).toEqual([
      'no candidate',
      'png invalid',
      'open palm',
    ]);
  });
});

describe('saved settings', () => {
  const defaults = parseSettings(null);

  it.each([['null'], ['{'], ['7'], ['[]'], ['{"theme":"pink","layers":5,"follow":1,"folded":"a"}']])(
    'that are %s are left out',
    (text) => {
      expect(parseSettings(text)).toEqual(defaults);
    },
  );

  it('are taken one by one where they are right', () => {
    const saved = { theme: 'dark', layers: { voxels: true, points: 'no', other: true }, folded: ['panel-depth', 5] };
    expect(parseSettings(JSON.stringify(saved))).toEqual({
      ...defaults,
      theme: 'dark',
      layers: { ...defaults.layers, voxels: true },
      folded: ['panel-depth'],
    });
  });

  it('come back as they were saved', () => {
    expect(parseSettings(JSON.stringify(defaults))).toEqual(defaults);
  });
});
