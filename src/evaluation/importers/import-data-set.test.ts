import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  disagreement,
  msraBin,
  npy,
  nyuNumbers,
  nyuPng,
  readBack,
  writeDataSet,
  xyzOf,
} from '../../../test/helpers/data-set-files.js';
import { encodePng16 } from '../../depth/png16.js';
import { DATA_SET_NAMES, type DataSetName } from '../datasets/data-set.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { type ImportDataSetOptions, importDataSet } from './import-data-set.js';

const base = mkdtempSync(join(tmpdir(), 'voxhand-data-sets-'));
afterAll(() => rmSync(base, { recursive: true }));

let folder: string;
let output: string;
let count = 0;

beforeEach(() => {
  folder = join(base, String(count++));
  output = `${folder}.mcap`;
  mkdirSync(folder);
});

const at = (...path: string[]) => join(folder, ...path);
const run = (dataSet: DataSetName, options: Partial<ImportDataSetOptions> = {}) =>
  importDataSet(folder, output, { dataSet, ...options });
const refused = async (dataSet: DataSetName, options: Partial<ImportDataSetOptions> = {}) => {
  const error = await run(dataSet, options).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(readdirSync(base).filter((name) => name.startsWith(`${count - 1}.mcap`))).toEqual([]);
  return `${error?.code}: ${error?.message}`;
};

describe.each(DATA_SET_NAMES)('%s', (name) => {
  const set = DATA_SETS[name];

  it('has its joints where its images show them', async () => {
    await writeDataSet(name, folder, 3);
    const summary = await run(name);
    expect(summary).toMatchObject({ files: 3, frames: 3, sequences: 1, skippedFrames: 0, skipped: [] });
    const { frames, truth } = await readBack(output);
    expect(frames.map(({ stamp }) => stamp)).toEqual([1_000_000_000n, 1_033_333_333n, 1_066_666_667n]);
    frames.forEach((frame, i) => {
      expect(frame.camera).toMatchObject(set.camera);
      expect(truth[i]).toMatchObject({ stamp: frame.stamp, tracked: true, handedness: set.handedness });
      const { known, jointMm, depthMm, pixels } = disagreement(set, i, frame, truth[i]);
      expect(known).toBe(set.joints.filter(({ ours }) => ours !== undefined).length);
      expect(jointMm).toBeLessThan(0.01);
      expect(pixels).toBeLessThan(0.01);
      expect(depthMm).toBeLessThan(0.01);
    });
  });

  it('refuses a folder that is not there, an empty one, and leaves nothing behind', async () => {
    expect(await refused(name)).toMatch(/^FILE_NOT_FOUND: no annotation in the folder; expected .* or --labels; at /);
    rmSync(folder, { recursive: true });
    expect(await refused(name)).toMatch(/^FILE_NOT_FOUND: cannot read the folder; found ENOENT/);
  });

  it('goes on without an image that is damaged, of another kind, or not there', async () => {
    await writeDataSet(name, folder, 4);
    const images = (readdirSync(folder, { recursive: true }) as string[])
      .filter((file) => /\.(png|bin)$/.test(file))
      .sort();
    writeFileSync(at(images[0]), readFileSync(at(images[0])).subarray(0, 700));
    writeFileSync(at(images[1]), 'not a picture');
    rmSync(at(images[3]));
    const heard: string[] = [];
    const summary = await run(name, { onSkip: (file) => heard.push(file) });
    expect(summary).toMatchObject({ files: 4, frames: 1, skippedFrames: 3 });
    expect(summary.skipped.map(({ file }) => file)).toEqual(heard);
    expect(heard.every((file, i) => images[[0, 1, 3][i]].endsWith(file))).toBe(true);
    const { frames, truth } = await readBack(output);
    expect(truth[0].stamp).toBe(1_066_666_667n); // the third frame; the times of the others stay empty
    expect(disagreement(set, 2, frames[0], truth[0]).jointMm).toBeLessThan(0.01);
  });
});

describe('what the data set has not', () => {
  it.each([
    ['nyu', 11, ['wrist', 'thumb_cmc'], ['thumb_mcp']],
    ['icvl', 15, ['wrist', 'thumb_cmc', 'index_dip'], ['thumb_mcp', 'thumb_ip']],
  ] as const)(
    '%s: joints of confidence 0 beside the hand, said in the metadata',
    async (name, known, missing, near) => {
      await writeDataSet(name, folder, 1);
      const summary = await run(name);
      expect(summary.missingJoints).toEqual(expect.arrayContaining([...missing]));
      expect(summary.nearJoints).toEqual(expect.arrayContaining([...near]));
      const [hand] = (await readBack(output)).truth;
      expect(hand.confidences.filter((confidence) => confidence > 0)).toHaveLength(known);
      expect(hand.positions.every((value) => Number.isFinite(value) && Math.abs(value) < 2)).toBe(true);
      expect(readFileSync(output).includes('joints_missing')).toBe(true);
    },
  );
});

describe('MSRA', () => {
  it('takes a tree of gestures as sequences that are seconds apart', async () => {
    for (const gesture of ['P0/1', 'P0/10', 'P0/2', 'P1/TIP']) await writeDataSet('msra', at(gesture), 2);
    mkdirSync(at('P2'));
    const summary = await run('msra');
    expect(summary).toMatchObject({ files: 8, frames: 8, sequences: 4 });
    const stamps = (await readBack(output)).truth.map(({ stamp }) => Number(stamp) / 1e9);
    expect(stamps.map((seconds, i) => i > 0 && seconds - stamps[i - 1] > 1)).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it.each([
    ['another image size', (bin: Buffer) => bin.writeInt32LE(640, 0), 'expected 320 x 240; found 640 x 240'],
    ['a box out of the image', (bin: Buffer) => bin.writeInt32LE(2_000_000_000, 16), 'no box in the image'],
    ['a box of negative size', (bin: Buffer) => bin.writeInt32LE(-5, 8), 'no box in the image'],
    ['an empty box', (bin: Buffer) => bin.copy(bin, 16, 8, 12), 'no box in the image'],
    [
      'a box of another size than the file',
      (bin: Buffer) => bin.writeInt32LE(240, 20),
      'box and file do not go together',
    ],
  ])('leaves out a file with %s', async (_, spoil, message) => {
    await writeDataSet('msra', folder, 2);
    const bin = msraBin(1);
    spoil(bin);
    writeFileSync(at('000001_depth.bin'), bin);
    const { frames, skipped } = await run('msra');
    expect(frames).toBe(1);
    expect(skipped).toEqual([
      { file: '000001_depth.bin', code: 'DEPTH_SIZE', message: expect.stringContaining(message) },
    ]);
  });

  it('leaves out files that are too short for a header or too long for an image', async () => {
    await writeDataSet('msra', folder, 3);
    writeFileSync(at('000000_depth.bin'), msraBin(0).subarray(0, 23));
    writeFileSync(at('000001_depth.bin'), Buffer.alloc(400_000));
    const { skipped } = await run('msra');
    expect(skipped.map(({ message }) => message)).toEqual([
      expect.stringContaining('a header cut off; expected 24 bytes; found 23'),
      expect.stringContaining('the file is too large; expected at most 307224 bytes; found 400000'),
    ]);
  });

  it('takes depth that is no distance as missing', async () => {
    await writeDataSet('msra', folder, 1);
    const bin = msraBin(0);
    [Number.NaN, -3, Infinity].forEach((value, i) => {
      bin.writeFloatLE(value, 24 + 4 * i);
    });
    writeFileSync(at('000000_depth.bin'), bin);
    await run('msra', { encoding: '32FC1' });
    const [{ depth }] = (await readBack(output)).frames;
    expect(depth.every((z) => z >= 0 && z < 1)).toBe(true);
  });

  it('names images without joints, joints without images, bad lines and a count that is not kept', async () => {
    await writeDataSet('msra', folder, 4);
    const lines = readFileSync(at('joint.txt'), 'utf8').split('\n');
    lines[2] = lines[2].replace(/ \S+$/, ' nan'); // frame 1
    writeFileSync(at('joint.txt'), lines.slice(0, 4).join('\n')); // frame 3 has no line
    rmSync(at('000002_depth.bin'));
    const { frames, skipped } = await run('msra');
    expect(frames).toBe(1);
    expect(skipped.map(({ file, message }) => [file, message])).toEqual([
      ['000001_depth.bin', expect.stringMatching(/found "nan"; at .*joint\.txt, line 3, column \d+/)],
      ['000002_depth.bin', expect.stringContaining('no image for a line of joints')],
      ['000003_depth.bin', expect.stringContaining('no joints for an image')],
      ['joint.txt', expect.stringContaining('expected 4 frames; found 3')],
    ]);
  });

  it('does not guess which frame a line is about where the count is not there', async () => {
    await writeDataSet('msra', folder, 2);
    writeFileSync(at('joint.txt'), readFileSync(at('joint.txt'), 'utf8').replace(/^2\n/, ''));
    expect(await refused('msra')).toContain('RECORDING_EMPTY');
  });
});

describe('NYU', () => {
  const numbers = [0, 1].map(nyuNumbers);
  const flat = numbers.flat();
  const inFortranOrder = (shape: readonly number[]) => {
    const [frames, joints] = shape;
    return Array.from({ length: flat.length }, (_, i) => {
      const [f, j, axis] = [i % frames, Math.floor(i / frames) % joints, Math.floor(i / (frames * joints))];
      return numbers[f][3 * j + axis];
    });
  };

  it.each([
    ['float64', 'joint_data.npy', npy([2, 36, 3], flat)],
    ['float32', 'joint_data.npy', npy([2, 36, 3], flat, { descr: '<f4' })],
    [
      'Fortran order, as SciPy leaves it',
      'joint_data.npy',
      npy([2, 36, 3], inFortranOrder([2, 36, 3]), { fortran: 'True' }),
    ],
    ['108 columns', 'joint_data.npy', npy([2, 108], flat)],
    [
      'three views, of which the first counts',
      'joint_data.npy',
      npy([3, 2, 36, 3], [...flat, ...flat.map(() => 7), ...flat]),
    ],
    ['text', 'joint_data.txt', `# x1 y1 z1 ...\n${numbers.map((line) => line.join(' ')).join('\n')}\n`],
    ['CSV', 'joint_data.csv', `${numbers.map((line) => line.join(',')).join('\r\n')}\r\n`],
  ])('reads joints from an export in %s', async (_, file, content) => {
    await writeDataSet('nyu', folder, 2);
    rmSync(at('joint_data.npy'));
    writeFileSync(at(file), content);
    expect((await run('nyu')).skipped).toEqual([]);
    const { frames, truth } = await readBack(output);
    truth.forEach((hand, i) => {
      expect(disagreement(DATA_SETS.nyu, i, frames[i], hand).jointMm).toBeLessThan(0.01);
    });
  });

  it('says how to export a MATLAB file', async () => {
    writeFileSync(at('joint_data.mat'), 'MATLAB 5.0 MAT-file');
    expect(await refused('nyu')).toMatch(/^FILE_NOT_FOUND: joint_data\.mat is a MATLAB file.*scipy\.io\.loadmat/);
    expect(await refused('nyu', { labels: at('joint_data.mat') })).toMatch(/^FILE_INVALID: MATLAB files are not read/);
  });

  it.each([
    ['of integers', npy([2, 36, 3], flat, { descr: '<i8' }), "floats ('<f4' or '<f8')"],
    [
      'of 21 joints',
      npy([2, 21, 3], flat.slice(0, 126)),
      'expected shape (frames, 36, 3) or (frames, 108); found (2, 21, 3)',
    ],
    ['cut off', npy([2, 36, 3], flat).subarray(0, 900), 'bytes for shape (2, 36, 3)'],
    ['of an absurd shape', npy([2 ** 40, 36, 3], flat), 'the array cannot be read'],
    ['that is none', Buffer.from('PK\u0003\u0004 a zip, with some text behind it'), 'an array saved by NumPy'],
  ])('refuses an array %s', async (_, content, message) => {
    await writeDataSet('nyu', folder, 2);
    writeFileSync(at('joint_data.npy'), content);
    expect(await refused('nyu')).toContain(message);
  });

  it('leaves out a frame whose joints are no place, and images of another kind', async () => {
    await writeDataSet('nyu', folder, 4);
    const values = [0, 1, 2, 3].flatMap(nyuNumbers);
    values[108] = Number.NaN;
    writeFileSync(at('joint_data.npy'), npy([4, 36, 3], values));
    const grey = { width: 640, height: 480, data: new Uint16Array(640 * 480) };
    writeFileSync(at('depth_1_0000003.png'), encodePng16(grey));
    const small = encode({ width: 8, height: 8, data: new Uint8Array(192), channels: 3, depth: 8 });
    writeFileSync(at('depth_1_0000004.png'), small);
    writeFileSync(at('depth_2_0000001.png'), nyuPng(0)); // another view
    const { files, frames, skipped } = await run('nyu');
    expect([files, frames]).toEqual([4, 1]);
    expect(skipped.map(({ code, message }) => [code, message])).toEqual([
      ['FILE_INVALID', expect.stringContaining('found NaN in joint 1')],
      ['PNG_INVALID', expect.stringContaining('found colour type 0 with 16 bits')],
      ['DEPTH_SIZE', expect.stringContaining('expected 640 x 480; found 8 x 8')],
    ]);
  });
});

describe('lists of images', () => {
  it('takes 8-bit PNGs and other sizes for what they are', async () => {
    await writeDataSet('hands17', folder, 3);
    const [first, second] = readdirSync(at('images'));
    const grey8 = encode({ width: 640, height: 480, data: new Uint8Array(640 * 480), channels: 1, depth: 8 });
    writeFileSync(at('images', first), grey8);
    writeFileSync(at('images', second), encodePng16({ width: 4, height: 4, data: new Uint16Array(16) }));
    const { skipped } = await run('hands17');
    expect(skipped.map(({ code }) => code)).toEqual(['DEPTH_FORMAT', 'DEPTH_SIZE']);
  });

  it('does not follow a name out of the folder', async () => {
    await writeDataSet('hands17', folder, 2);
    writeFileSync(join(base, 'secret.png'), readFileSync(at('images', 'image_D00000001.png')));
    const labels = readFileSync(at('Training_Annotation.txt'), 'utf8').replace('image_D00000001', '../../secret');
    writeFileSync(at('Training_Annotation.txt'), labels);
    const { frames, skipped } = await run('hands17');
    expect(frames).toBe(1);
    expect(skipped[0].message).toContain('names a file outside of the folder');
  });

  it('takes an annotation from elsewhere, and only so many frames', async () => {
    await writeDataSet('fphab', folder, 5);
    const labels = join(base, 'elsewhere.txt');
    writeFileSync(labels, readFileSync(at('skeleton.txt')));
    rmSync(at('skeleton.txt'));
    expect(await run('fphab', { labels, frames: 2, fps: 10 })).toMatchObject({ files: 2, frames: 2 });
    expect((await readBack(output)).truth[1].stamp).toBe(1_100_000_000n);
  });

  it('begins a new sequence of ICVL where the folder changes', async () => {
    await writeDataSet('icvl', folder, 4);
    const lines = readFileSync(at('labels.txt'), 'utf8').split('\n');
    mkdirSync(at('Depth', 'test_seq_2'));
    for (const i of [2, 3]) {
      const name = `image_000${i}.png`;
      writeFileSync(at('Depth', 'test_seq_2', name), readFileSync(at('Depth', 'test_seq_1', name)));
      lines[i] = lines[i].replace('test_seq_1', 'test_seq_2');
    }
    writeFileSync(at('labels.txt'), lines.join('\n'));
    expect(await run('icvl')).toMatchObject({ frames: 4, sequences: 2 });
    const stamps = (await readBack(output)).truth.map(({ stamp }) => stamp);
    expect(stamps[2] - stamps[1]).toBe(2_033_333_334n);
  });

  it("takes the marks of ICVL's camera as missing depth", async () => {
    await writeDataSet('icvl', folder, 1);
    const data = new Uint16Array(320 * 240).fill(32001);
    data[0] = 500;
    writeFileSync(at('Depth', 'test_seq_1', 'image_0000.png'), encodePng16({ width: 320, height: 240, data }));
    await run('icvl');
    const [{ depth }] = (await readBack(output)).frames;
    expect([depth[0], Math.max(...depth.subarray(1))]).toEqual([Math.fround(0.5), 0]);
  });

  it('takes frames of F-PHAB by their number, whatever the order of the lines', async () => {
    await writeDataSet('fphab', folder, 3);
    const lines = readFileSync(at('skeleton.txt'), 'utf8').trim().split('\n');
    writeFileSync(at('skeleton.txt'), `${lines.reverse().join('\n')}\nx ${xyzOf('fphab', 0).join(' ')}\n`);
    const { frames, skipped } = await run('fphab');
    expect(frames).toBe(3);
    expect(skipped).toEqual([{ file: 'skeleton.txt, line 4', code: 'FILE_INVALID', message: expect.any(String) }]);
    const { frames: images, truth } = await readBack(output);
    truth.forEach((hand, i) => {
      expect(disagreement(DATA_SETS.fphab, i, images[i], hand).jointMm).toBeLessThan(0.01);
    });
  });
});
