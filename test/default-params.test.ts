import { expect, it } from 'vitest';
import { trackerConfig } from '../src/tracking/config.js';
import { loadConfig } from '../src/tracking/load-config.js';

it('has every default in the parameter file that comes with the package (npm run params renews it)', async () => {
  expect(await loadConfig('launch/params/default.params.yaml')).toEqual(trackerConfig());
});
