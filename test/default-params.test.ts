import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { trackerConfig } from '../src/tracking/config.js';
import { loadConfig } from '../src/tracking/load-config.js';
import { defaultParameterFile, parameterTables } from '../src/tracking/parameter-documents.js';

const PARAMETERS = 'launch/params/default.params.yaml';

it('has every default in the parameter file that comes with the package', async () => {
  expect(await loadConfig(PARAMETERS)).toEqual(trackerConfig());
});

it('has a parameter file as the schema says it now (npm run params renews it)', () => {
  expect(readFileSync(PARAMETERS, 'utf8')).toBe(defaultParameterFile());
});

it('has tables in docs/configuration.md as the schema says it now (npm run params renews them)', () => {
  const text = readFileSync('docs/configuration.md', 'utf8');
  expect(text).toContain(`generated, see npm run params -->\n\n${parameterTables()}\n\n<!-- /settings -->`);
});

it('describes a live setting with its unit, range and default, in the file and in the table', () => {
  expect(defaultParameterFile()).toContain(
    '      one_euro:\n' +
      '        # Cut-off frequency at rest: lower is smoother, and slower to begin a movement. Allowed: 0.001 to 1000 Hz. Live.\n' +
      '        min_cutoff: 2\n',
  );
  expect(parameterTables()).toContain(
    '| `smoothing.one_euro.min_cutoff` | `2` | 0.001 to 1000 Hz | yes | Cut-off frequency at rest: lower is smoother, and slower to begin a movement. |',
  );
  expect(parameterTables()).toContain('| `qos.*.profile` | `reliable`, `sensor_data` for depth, camera_info |');
});
