import { afterEach, describe, expect, it } from 'vitest';
import { changedModel, FIXTURES, fixtureModel } from '../../../test/fixtures/models/fixture-models.js';
import type { DetectorInference, VerdictInference } from '../inference.js';
import { selfTestPicture } from '../self-test.js';
import {
  checkModel,
  createDetectorInference,
  createInference,
  createPointInference,
  createVerdictInference,
} from './create-inference.js';
import { loadDetector, loadModel } from './load-model.js';

const DETECTOR = `${FIXTURES}tiny-detector`;
const VERIFY = `${FIXTURES}tiny-verify`;

const opened: (DetectorInference | VerdictInference)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((inference) => inference.close()));
});
const detector = async (model = DETECTOR) => {
  const inference = await createDetectorInference({ model });
  opened.push(inference);
  return inference;
};
const verify = async (model = VERIFY) => {
  const inference = await createVerdictInference({ model });
  opened.push(inference);
  return inference;
};

describe('a detector', () => {
  it('answers eleven numbers a cell to pictures of any size that it takes, and gives their memory back', async () => {
    const inference = await detector();
    expect(inference.model).toMatchObject({ kind: 'hands', focal: 120, multiple: 16, maxSize: 320, members: 1 });
    for (const [width, height] of [
      [160, 128],
      [96, 128],
      [320, 320],
      [16, 16],
    ]) {
      const depth = new Float32Array(width * height).fill(1);
      const { hands, depth: back } = await inference.infer({ width, height, depth });
      expect(depth).toHaveLength(0);
      expect(back).toEqual(new Float32Array(width * height).fill(1));
      expect(hands).toHaveLength((11 * width * height) / 16);
      expect(hands[0]).toBe(-4);
    }
    expect(inference.status()).toMatchObject({ state: 'ready', inferences: 4, model: { name: 'tiny-detector' } });
  });

  it('sees what is nearer than 0.7 m, as its formula says', async () => {
    const inference = await detector();
    const depth = new Float32Array(64 * 64).fill(1);
    for (let j = 20; j < 44; j++) depth.fill(0.5, 64 * j + 16, 64 * j + 40);
    const { hands } = await inference.infer({ width: 64, height: 64, depth });
    const score = hands.subarray(0, 256);
    const best = score.indexOf(Math.max(...score));
    // the first cell whose 20 x 20 window lies within columns 16 to 39 and rows 20 to 43: columns 16 to 35, rows 20 to 39
    expect([best % 16, Math.floor(best / 16)]).toEqual([6, 7]);
    expect(score[best]).toBeCloseTo(8, 5);
  });

  it('refuses a picture of another size, and goes on', async () => {
    const inference = await detector();
    const depth = new Float32Array(160 * 120);
    await expect(inference.infer({ width: 160, height: 120, depth })).rejects.toMatchObject({ code: 'DEPTH_SIZE' });
    expect(depth).toHaveLength(160 * 120);
    await expect(inference.infer({ width: 160, height: 128, depth })).rejects.toMatchObject({ code: 'DEPTH_SIZE' });
    expect((await inference.infer({ width: 160, height: 112, depth: new Float32Array(160 * 112) })).hands[0]).toBe(-4);
  });

  // biome-ignore lint/suspicious/noExplicitAny: tests write what the schema forbids
  it.each<[string, (manifest: any) => void, object]>([
    [
      'answers its self-test elsewhere',
      (m) => m.selfTest.expected.column++,
      { code: 'MODEL_MISMATCH', expected: /in column 5, row 4/ },
    ],
    [
      'answers it with other numbers',
      (m) => {
        m.selfTest.expected.values[8] += 0.01;
      },
      { code: 'MODEL_MISMATCH' },
    ],
    [
      'is another file',
      (m) => {
        m.files[0].sha256 = '0'.repeat(64);
      },
      { code: 'MODEL_MISMATCH' },
    ],
    [
      'has other tensors',
      (m) => {
        m.input.tensor = 'picture';
      },
      { code: 'MODEL_MISMATCH', expected: 'one tensor picture: float32[1,1,?,?]' },
    ],
    [
      'has a picture that is cut off',
      (m) => {
        m.selfTest.millimetres = 'AAAA';
      },
      { code: 'MODEL_MANIFEST', found: '3 bytes' },
    ],
    [
      'has a picture of a size that it does not take',
      (m) => {
        m.input.multiple = 32;
      },
      { code: 'MODEL_MANIFEST' },
    ],
    [
      'promises a cell that is not there',
      (m) => {
        m.selfTest.expected.row = 12;
      },
      { code: 'MODEL_MANIFEST', found: '4, 12' },
    ],
    [
      'has a key that nobody knows',
      (m) => {
        m.input.layout = 'dhw';
      },
      { code: 'MODEL_MANIFEST', expected: 'no such key' },
    ],
    [
      'has two files',
      (m) => {
        m.files.push(m.files[0]);
      },
      { code: 'MODEL_MANIFEST' },
    ],
  ])('stops at start where it %s', async (_, edit, error) => {
    const { expected, ...rest } = error as { expected?: string | RegExp };
    const wanted = expected === undefined ? rest : { ...rest, expected: expect.stringMatching(expected) };
    const folder = await changedModel('tiny-detector', edit);
    await expect(detector(folder)).rejects.toMatchObject(typeof expected === 'string' ? error : wanted);
  });

  it('is checked as any model', async () => {
    await checkModel({ model: DETECTOR });
    const broken = await changedModel('tiny-detector', (m) => {
      m.selfTest.expected.values[0] += 1;
    });
    await expect(checkModel({ model: broken })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });

  it('says its self-test picture in metres', async () => {
    const picture = selfTestPicture((await loadDetector(DETECTOR)).manifest);
    expect(picture).toHaveLength(32 * 48);
    expect([picture[0], picture[10 * 32 + 8], picture[30 * 32]].map((z) => z.toFixed(3))).toEqual([
      '0.000',
      '0.500',
      '0.900',
    ]);
  });
});

describe('a second stage', () => {
  it('gives seven numbers on a cube', async () => {
    const inference = await verify();
    expect(inference.model).toMatchObject({
      kind: 'verdict',
      gridSize: 32,
      cubeEdge: 0.3,
      roll: 'hand-down',
      handedness: 'any',
    });
    const grid = new Uint8Array(32 ** 3);
    grid.fill(1, 0, 32);
    const { verdict, grid: back } = await inference.infer(grid);
    expect(back).toHaveLength(32 ** 3);
    const rounded = Array.from(verdict, (value) => value.toFixed(4));
    expect(rounded).toEqual(['0.0000', '-0.4844', '-0.4844', '-1.3600', '0.0000', '0.0000', '-1.0000']);
  });

  it('stops at start where it answers its self-test otherwise', async () => {
    const folder = await changedModel('tiny-verify', (m) => {
      m.selfTest.expected[0].values[1] += 0.01;
    });
    await expect(verify(folder)).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      expected: 'a number of -12.6983 within 0.0001',
    });
  });
});

it('is not taken for another kind of model, nor the other way round', async () => {
  const mismatch = { code: 'MODEL_MISMATCH' };
  for (const create of [createInference, createPointInference, createVerdictInference]) {
    await expect(create({ model: DETECTOR })).rejects.toMatchObject({ ...mismatch, found: 'hands' });
  }
  for (const create of [createInference, createPointInference]) {
    await expect(create({ model: VERIFY })).rejects.toMatchObject({ ...mismatch, found: 'verdict' });
  }
  await expect(createVerdictInference({ model: await fixtureModel('tiny-com') })).rejects.toMatchObject({
    ...mismatch,
    found: 'point',
  });
  await expect(loadDetector(VERIFY)).rejects.toMatchObject({ ...mismatch, found: 'verdict' });
  await expect(loadModel(DETECTOR)).rejects.toMatchObject({
    ...mismatch,
    expected: expect.stringContaining('detection.model'),
  });
});
