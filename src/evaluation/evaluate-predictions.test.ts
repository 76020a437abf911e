import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { loadPrior } from '../tracking/load-prior.js';
import { fromMetres } from './datasets/coordinates.js';
import type { DataSetName } from './datasets/data-set.js';
import { DATA_SETS } from './datasets/data-sets.js';
import { formatPoseLine } from './datasets/pose-line.js';
import { fromSkeleton } from './datasets/skeleton-map.js';
import { type EvaluatePredictionsOptions, evaluatePredictions } from './evaluate-predictions.js';

const folder = mkdtempSync(join(tmpdir(), 'voxhand-predictions-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

function file(lines: readonly string[], name = `${count++}.txt`): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** One line per frame; every joint of frame i at (x, y, z) millimetres, x moved by `off`. */
function still(set: DataSetName, frames: number, off: (frame: number) => number = () => 0): string[] {
  const { joints } = DATA_SETS[set];
  return Array.from({ length: frames }, (_, i) => joints.map(() => `${10 + off(i)} 20 500`).join(' '));
}

const evaluate = (dataSet: DataSetName, options: Omit<EvaluatePredictionsOptions, 'dataSet'>) =>
  evaluatePredictions({ dataSet: DATA_SETS[dataSet], ...options });

describe('methods on a data set', () => {
  it('are compared in millimetres, in the order that they are named', async () => {
    const truth = file(still('hands17', 4));
    const methods = [0, 12].map((off) => ({ label: `off ${off}`, path: file(still('hands17', 4, () => off)) }));
    const { reports, frames, sequences, doubts } = await evaluate('hands17', { truth, methods });
    expect([frames, sequences, doubts]).toEqual([4, 1, []]);
    expect(reports.map(({ label, joints }) => [label, joints.meanMm])).toEqual([
      ['off 0', 0],
      ['off 12', expect.closeTo(12, 9)],
    ]);
    expect(reports[1].framesWithin.map(({ share }) => share)).toEqual([0, 1, 1, 1]);
    expect(reports[1].perJoint).toHaveLength(21);
    expect(reports[0].frames).toMatchObject({ withHand: 4, compared: 4, noResult: 0 });
  });

  it('have the errors of the data set, in pixels or in its own axes', async () => {
    const uvd = DATA_SETS.nyu.joints.map(() => '378.803 181.293 588.03').join(' '); // 58.803 mm right, 58.8 mm up
    const xyz = DATA_SETS.nyu.joints.map(() => '58.803 58.803 588.03').join(' ');
    const options = { truth: file([uvd]), methods: [{ label: 'xyz', path: file([xyz]) }], truthFormat: 'uvd' } as const;
    const { reports } = await evaluate('nyu', { ...options, format: 'xyz' });
    expect(reports[0].joints.meanMm).toBeLessThan(0.1);
  });

  it.each([
    ['a line too few', still('nyu', 2), 'expected a frame for line 3 of .*; found 2 frames'],
    ['a line too many', still('nyu', 4), 'expected 3 frames; found more'],
    ['a bad line', [...still('nyu', 2), 'x'], 'expected 42 numbers .*; found 1; at .*, line 3, column 2'],
  ])('must have the frames of the truth: %s', async (_, lines, message) => {
    const options = { truth: file(still('nyu', 3)), methods: [{ label: 'a', path: file(lines) }] };
    await expect(evaluate('nyu', options)).rejects.toThrow(new RegExp(message));
    await expect(evaluate('nyu', options)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('must be in the order of the truth, as far as both name their frames', async () => {
    const named = (...names: string[]) => still('hands17', names.length).map((line, i) => `${names[i]} ${line}`);
    const truth = file(named('a/1.png', 'a/2.png'));
    const against = (lines: string[]) => evaluate('hands17', { truth, methods: [{ label: 'm', path: file(lines) }] });
    await against(named('1.png', '2.png'));
    await against(named('x\\a\\1.png', 'a/2.png'));
    await against(still('hands17', 2));
    await expect(against(named('2.png', '1.png'))).rejects.toThrow('expected "a/1.png" as in');
    await expect(against(named('b/1.png', 'a/2.png'))).rejects.toThrow('found "b/1.png"');
  });

  it('cannot be compared with a truth that is empty or behind the camera', async () => {
    const methods = [{ label: 'a', path: file(still('nyu', 1)) }];
    await expect(evaluate('nyu', { truth: file(['# nothing']), methods })).rejects.toThrow(
      'no frames in the ground truth',
    );
    const behind = still('nyu', 1).map((line) => line.replaceAll('500', '0'));
    await expect(evaluate('nyu', { truth: file(behind), methods })).rejects.toThrow('not in front of the camera');
    await expect(evaluate('nyu', { truth: join(folder, 'none'), methods })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});

describe('smoothing of predictions', () => {
  it('averages over frames that follow each other, and not across sequences', async () => {
    const jump = (frame: number) => (frame < 3 ? 0 : 60);
    const line = (name: string) => (text: string, i: number) => `${i < 3 ? 'one' : 'two'}/${name}${i}.png ${text}`;
    const truth = file(still('icvl', 6, jump).map(line('a')));
    const smoothing = { order: ['window'], window: { mode: 'centred', k: 1 } } as const;
    const of = async (lines: string[]) => {
      const methods = [{ label: 'm', path: file(lines) }];
      const { reports, sequences } = await evaluate('icvl', { truth, methods, smoothing, format: 'xyz' });
      return { sequences, means: reports.map(({ label, joints }) => [label, joints.meanMm]) };
    };
    expect(await of(still('icvl', 6, jump).map(line('a')))).toEqual({
      sequences: 2,
      means: [
        ['m', expect.closeTo(0, 9)],
        ['m + window', expect.closeTo(0, 9)],
      ],
    });
    const { means } = await of(still('icvl', 6, (i) => jump(i) + (i % 2 === 0 ? 9 : -9)).map(line('a')));
    expect(means[0][1]).toBeCloseTo(9, 6);
    expect(means[1][1]).toBeCloseTo((4 * 9 + 2 * 3) / 6, 6); // the ends have nothing to average with
  });

  it.each(['msra', 'hands17'] as const)('with the prior turns %s into our skeleton and back', async (name) => {
    const set = DATA_SETS[name];
    const random = new SeededRandom(5);
    const camera = { width: 64, height: 48, fx: 48, fy: 48, cx: 32, cy: 24 };
    const hands = [...syntheticStream({ frames: 25, camera, seed: 2 })].map(({ truth }) => truth.positions);
    const written = (noise: number) =>
      hands.map((hand) => {
        const noisy = fromSkeleton(set, hand).map((value) => value + noise * random.normal());
        return formatPoseLine({ values: fromMetres(set, noisy, set.resultFormat) });
      });
    const prior = await loadPrior('hand');
    const smoothing = {
      order: ['prior', 'window'],
      prior: { model: prior },
      window: { mode: 'centred', k: 1 },
    } as const;
    const output = join(folder, `${name}-smooth.txt`);
    const [truth, path] = [file(written(0)), file(written(0.006))];
    const { reports } = await evaluate(name, { truth, methods: [{ label: 'm', path }], smoothing, output });
    expect(reports.map(({ label }) => label)).toEqual(['m', 'm + prior + window']);
    expect(reports[1].joints.meanMm!).toBeLessThan(0.6 * reports[0].joints.meanMm!);
    const again = await evaluate(name, { truth, methods: [{ label: 'm', path: output }] });
    expect(again.reports[0].joints.meanMm).toBeCloseTo(reports[1].joints.meanMm!, 2);
  });

  it('writes names and separators as they were, and nothing where it fails', async () => {
    const lines = still('hands17', 3).map((line, i) => `image_D${i}.png\t${line.replaceAll(' ', '\t')}`);
    const [truth, path, output] = [file(lines), file(lines), join(folder, 'out.txt')];
    const smoothing = { order: ['oneEuro'], oneEuro: {} } as const;
    await evaluate('hands17', { truth, methods: [{ label: 'm', path }], smoothing, output });
    const text = readFileSync(output, 'utf8');
    expect(text.split('\n')[2].startsWith('image_D2.png\t10.000\t20.000\t500.000\t')).toBe(true);
    const short = { truth, methods: [{ label: 'm', path: file(lines.slice(1)) }], smoothing };
    await expect(evaluate('hands17', { ...short, output: join(folder, 'bad.txt') })).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.startsWith('bad.txt'))).toEqual([]);
    const nowhere = join(folder, 'no', 'folder.txt');
    await expect(evaluate('hands17', { ...short, output: nowhere })).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });

  it('with prior or gate is refused where the data set lacks some of our joints', async () => {
    const options = { truth: file(still('nyu', 1)), methods: [{ label: 'm', path: file(still('nyu', 1)) }] };
    const smoothing = { order: ['gate'], gate: {} } as const;
    await expect(evaluate('nyu', { ...options, smoothing })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(
        /the stage 'gate' needs all 21 joints.*msra, hands17.*found NYU, which has 14 joints/,
      ),
    });
  });
});
