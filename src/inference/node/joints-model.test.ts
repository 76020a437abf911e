import { afterEach, describe, expect, it } from 'vitest';
import { changedModel, fixtureJoints, fixtureModel, gridWith } from '../../../test/fixtures/models/fixture-models.js';
import type { Inference } from '../inference.js';
import { createInference } from './create-inference.js';
import type { InferenceOptions } from './inference-options.js';

let open: Inference[] = [];
afterEach(async () => {
  await Promise.all(open.map((inference) => inference.close()));
  open = [];
});

async function start(model: string, options: Partial<InferenceOptions> = {}): Promise<Inference> {
  const inference = await createInference({ model: await fixtureModel(model), ...options });
  open.push(inference);
  return inference;
}

describe('a graph that answers joints', () => {
  it('gives positions and confidences of an open batch axis, and says how it decodes', async () => {
    const inference = await start('tiny-joints');
    expect(inference.model).toMatchObject({ kind: 'joints', decoder: 'smax', joints: 21, heatMapSize: 0 });
    const grid = gridWith(0, 9, 100, 300);
    const expected = fixtureJoints(grid, 1, 2);
    const result = await inference.infer(grid);
    expect(result.heatMaps).toBeUndefined();
    expect(result.members).toEqual([]);
    const { positions, confidences } = result.decoded ?? expect.fail('no joints');
    for (const [j, { position, confidence }] of expected.entries()) {
      for (const axis of [0, 1, 2]) expect(positions[3 * j + axis]).toBeCloseTo(position[axis], 6);
      expect(confidences[j]).toBeCloseTo(confidence, 6);
    }
    result.release();
    result.release();
    expect(positions).toHaveLength(63); // read before: release takes nothing away
  });

  it('weighs the members of an ensemble by their confidences', async () => {
    const inference = await start('tiny-joints-ensemble', { members: true });
    const grid = gridWith(73, 200, 438);
    const [one, two] = [fixtureJoints(grid, 1, 2), fixtureJoints(grid, -1, 1)];
    const { decoded, members } = await inference.infer(grid);
    expect(members).toHaveLength(2);
    const { positions, confidences } = decoded ?? expect.fail('no joints');
    for (const [j, a] of one.entries()) {
      const b = two[j];
      for (const axis of [0, 1, 2]) {
        const mean =
          (a.confidence * a.position[axis] + b.confidence * b.position[axis]) / (a.confidence + b.confidence);
        expect(positions[3 * j + axis]).toBeCloseTo(mean, 6);
      }
      expect(confidences[j]).toBeCloseTo((a.confidence + b.confidence) / 2, 6);
    }
  });

  it('rejects an answer that is no number, and goes on', async () => {
    const inference = await start('tiny-joints');
    await expect(inference.infer(gridWith())).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      expected: '84 finite numbers',
      found: 'NaN at index 0',
    });
    expect((await inference.infer(gridWith(1))).kind).toBe('joints');
    expect(inference.status()).toMatchObject({ state: 'ready', inferences: 1, lost: 0, restarts: 0 });
  });

  // biome-ignore lint/suspicious/noExplicitAny: tests write what the schema forbids
  it.each<[string, (m: any) => void, object]>([
    [
      'another position',
      (m) => {
        m.selfTest.expected[0].positions[3][1] += 0.001;
      },
      { where: expect.stringMatching(/member0\.onnx, joint thumb_ip$/) },
    ],
    [
      'another confidence',
      (m) => {
        m.selfTest.expected[0].values[20] -= 0.001;
      },
      { expected: 'a confidence of 0.9990 within 0.00001', where: expect.stringMatching(/joint little_tip$/) },
    ],
    [
      'a self-test that it answers with no number',
      (m) => {
        m.selfTest.occupied = [];
      },
      { found: expect.stringContaining('NaN at index 0') },
    ],
    [
      'a graph that answers heat maps',
      (m) => {
        m.output.tensor = 'maps';
      },
      { expected: 'one tensor maps: float32[1,21,4]', found: 'joints: float32[batch,21,4]' },
    ],
  ])('stops at start: %s', async (_, edit, detail) => {
    const model = await changedModel('tiny-joints', edit);
    await expect(start('tiny-joints', { model })).rejects.toMatchObject({ code: 'MODEL_MISMATCH', ...detail });
  });

  it('does not compare where it promised to see nothing', async () => {
    const model = await changedModel('tiny-joints', (m) => {
      m.selfTest.tolerance.value = 0.05;
      m.selfTest.expected[0].positions[0] = [0.9, 0.9, 0.9]; // promised with a confidence of 1 / 21
    });
    expect((await start('tiny-joints', { model })).model.kind).toBe('joints');
  });
});
