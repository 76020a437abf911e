import { describe, expect, test } from 'vitest';
import { modelProvenance, provenanceOf } from './info.js';

describe('the provenance of a recording', () => {
  test.each([
    ['none', [], {}],
    ['one record', [{ name: 'voxhand', values: { sdk: '1', seed: '7' } }], { sdk: '1', seed: '7' }],
    ['other records only', [{ name: 'voxhand.recording', values: { received: '1' } }], {}],
    [
      'several: the later wins, and what it does not say stays',
      [
        { name: 'voxhand', values: { sdk: '1', model: 'a 1' } },
        { name: 'rosbag2', values: { model: 'no' } },
        { name: 'voxhand', values: { model: 'b 2', provider: 'cpu' } },
      ],
      { sdk: '1', model: 'b 2', provider: 'cpu' },
    ],
  ])('of %s', (_, metadata, expected) => {
    expect(provenanceOf({ metadata })).toEqual(expected);
  });

  test('names the network that runs and where', () => {
    const model = { name: 'compact', version: '1.2.3', sha256: 'ab' };
    expect(modelProvenance({ model, providerActual: 'cpu' })).toEqual({
      model: 'compact 1.2.3',
      model_sha256: 'ab',
      provider: 'cpu',
    });
  });
});
