import { describe, expect, it } from 'vitest';
import type { PoseFormat } from './data-set.js';
import { DATA_SETS } from './data-sets.js';
import { PoseReader, type PoseReaderOptions } from './pose-reader.js';

const line = (joints: number, x: number, y: number, z: number) => Array(joints).fill(`${x} ${y} ${z}`).join(' ');

function readAll(set: keyof typeof DATA_SETS, text: string, options: PoseReaderOptions = {}) {
  const reader = new PoseReader(DATA_SETS[set], { where: 'f.txt', ...options });
  const frames = text.split('\n').flatMap((each, i) => reader.read(each, i + 1) ?? []);
  reader.end();
  return { reader, frames };
}

describe('a file of joints', () => {
  it('is read in the format of published results, unless told', () => {
    const formats: [keyof typeof DATA_SETS, PoseFormat | undefined, number][] = [
      ['nyu', undefined, 0],
      ['nyu', 'xyz', 0.32],
      ['hands17', undefined, 0.32],
    ];
    for (const [set, format, x] of formats) {
      const { frames } = readAll(set, line(DATA_SETS[set].joints.length, 320, 240, 700), format && { format });
      expect(frames[0].positions[0]).toBeCloseTo(x, 12);
    }
  });

  it('leaves out comments and empty lines, and knows the line of each frame', () => {
    const { frames } = readAll('nyu', `# head\n\n${line(14, 1, 2, 3)}\n  \n${line(14, 4, 5, 6)}\n`);
    expect(frames.map((frame) => frame.line)).toEqual([3, 5]);
  });

  it("takes the count at the top of MSRA's joint.txt, reads it as xyz, and checks the count", () => {
    const frame = line(21, 10, 20, -300);
    const { frames, reader } = readAll('msra', `2\n${frame}\n${frame}\n`);
    expect(reader.format).toBe('xyz');
    expect([...frames[0].positions.slice(0, 3)]).toEqual([0.01, -0.02, 0.3]);
    expect(() => readAll('msra', `3\n${frame}\n${frame}\n`)).toThrow('expected 3 frames; found 2; at f.txt');
    expect(() => readAll('nyu', '3\n')).toThrow('expected 42 numbers');
    expect(() => readAll('msra', `${frame}\n2`, { format: 'xyz' })).toThrow('expected 63 numbers'); // not in front
  });

  it('keeps the separator of the first frame, for writing', () => {
    expect(readAll('nyu', line(14, 1, 2, 3).replaceAll(' ', '\t')).reader.separator).toBe('\t');
  });

  it('refuses a line with a name among lines without, and the reverse', () => {
    const frame = line(14, 1, 2, 3);
    expect(() => readAll('nyu', `${frame}\na.png ${frame}`)).toThrow(
      'expected 42 numbers; found 43 words; at f.txt, line 2',
    );
    expect(() => readAll('nyu', `a.png ${frame}\n${frame}`)).toThrow('expected a name in front; found none');
  });

  it('refuses joints behind the camera, and true ones that are not in front of it', () => {
    const behind = line(21, 10, 20, 300);
    expect(() => readAll('msra', behind, { format: 'xyz' })).toThrow("expected z < 0, as in MSRA's own files");
    expect(() => readAll('msra', behind, { format: 'xyz' })).toThrow(
      'found z = 300.000 mm in joint 1; at f.txt, line 1',
    );
    expect(() => readAll('nyu', line(14, 1, 2, -3))).toThrow('found z = -3.000 mm');
    expect(readAll('nyu', line(14, 1, 2, 0)).frames).toHaveLength(1); // a method that found nothing
    expect(() => readAll('nyu', line(14, 1, 2, 0), { truth: true })).toThrow(
      'expected z > 0; the numbers are read as uvd',
    );
  });

  it('doubts a format that the numbers speak against', () => {
    const pixels = Array.from({ length: 30 }, (_, i) => line(14, 300 + i, 200, 700)).join('\n');
    const millimetres = Array.from({ length: 30 }, (_, i) => line(14, i - 20, 100, 700)).join('\n');
    expect(readAll('nyu', pixels).reader.doubt).toBeUndefined();
    expect(readAll('nyu', millimetres, { format: 'xyz' }).reader.doubt).toBeUndefined();
    expect(readAll('nyu', millimetres).reader.doubt).toContain('67 % of its pixels are negative: is it xyz?');
    expect(readAll('nyu', pixels, { format: 'xyz' }).reader.doubt).toContain('is it uvd?');
    expect(readAll('nyu', line(14, 300, 200, 700), { format: 'xyz' }).reader.doubt).toBeUndefined(); // too few to say
  });
});
