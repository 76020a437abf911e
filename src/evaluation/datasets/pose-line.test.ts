import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { formatPoseLine, parsePoseLine, separatorOf } from './pose-line.js';

const SIX = '1 -2.5 3e2 .5 +7 0';

describe('a line of joints', () => {
  it.each([
    ['blanks', SIX],
    ['many blanks, in front and at the end', `  ${SIX.replaceAll(' ', '   ')}  `],
    ['tabs', SIX.replaceAll(' ', '\t')],
    ['commas', SIX.replaceAll(' ', ',')],
    ['commas with blanks and one at the end', `${SIX.replaceAll(' ', ', ')},`],
    ['semicolons', SIX.replaceAll(' ', ';')],
  ])('may have %s between its numbers', (_, line) => {
    expect(parsePoseLine(line, 2, 'x')).toEqual({ values: Float64Array.of(1, -2.5, 300, 0.5, 7, 0) });
  });

  it.each(['image_D00000001.png', 'test_seq_1/image_0000.png', '17'])('may begin with the name %s', (name) => {
    expect(parsePoseLine(`${name}\t${SIX}`, 2, 'x').name).toBe(name);
  });

  it('comes back from its text to a thousandth', () => {
    const value = fc.double({ min: -99_999, max: 99_999, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 9, maxLength: 9 }),
        fc.constantFrom('\t', ',', ' '),
        fc.option(fc.stringMatching(/^[a-z_]{1,8}\.png$/), { nil: undefined }),
        (values, separator, name) => {
          const line = formatPoseLine(
            { values: Float64Array.from(values), ...(name !== undefined && { name }) },
            separator,
          );
          const parsed = parsePoseLine(line, 3, 'x');
          expect(parsed.name).toBe(name);
          expect(separatorOf(line)).toBe(separator);
          parsed.values.forEach((number, i) => {
            expect(Math.abs(number - values[i])).toBeLessThan(0.00051);
          });
        },
      ),
    );
  });

  it.each([
    ['too few numbers', '1 2 3 4 5', 'expected 6 numbers', 'line 3, column 10'],
    ['too many', `${SIX} 8 9`, 'found 8', 'line 3, column'],
    ['one number too many, and not a name', `1.5 ${SIX}`, 'found 7', 'line 3, column'],
    ['nothing', '', 'found 0', 'column 1'],
    ['nan', '1 2 nan 4 5 6', 'found "nan"', 'line 3, column 5'],
    ['infinity', '1 2 3 4 5 -Infinity', 'found "-Infinity"', 'line 3, column 11'],
    ['a word', 'a.png 1 2 3 x 5 6', 'found "x"', 'line 3, column 13'],
    ['hexadecimal', '1 2 3 4 0x10 6', 'found "0x10"', 'line 3, column 9'],
    ['a number that no hand has', '1 2 3 4 5 1e9', 'found "1e9"', 'line 3, column 11'],
    ['too much', ' '.repeat(40_000), 'at most 32768 characters', 'line 3'],
  ])('refuses %s, with line and column', (_, line, message, place) => {
    const parse = () => parsePoseLine(line, 2, 'f.txt, line 3');
    expect(parse).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
    expect(parse).toThrow(message);
    expect(parse).toThrow(place);
  });

  it('gives numbers or a typed error for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+0-9.eE,; \t]*$/)),
        (line) => {
          try {
            const { values } = parsePoseLine(line, 2, 'x');
            expect(values.every(Number.isFinite)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(VoxhandError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
