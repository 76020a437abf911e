import { describe, expect, it } from 'vitest';
import { trackerConfig } from './config.js';
import { formatConfig, parseConfig } from './config-file.js';

describe('the configuration', () => {
  it('has a default for everything', () => {
    const config = trackerConfig();
    expect(config.policy).toBe('latest');
    expect(config.reference.zone.z).toEqual([0.15, 1.3]);
    expect(config.inference.provider).toBe('cpu');
    expect(config.reference).toMatchObject({ refine: 'none', maxRefinement: 0.08 });
  });

  it('is read from a ROS 2 parameter file, snake_case keys and all', () => {
    const text = `
/**:
  ros__parameters:
    topics: { camera_info: /front/camera_info }
    reference: { zone: { z: [0.2, 0.9] }, min_hand_area: 0.004 }
    smoothing: { stages: [one_euro], one_euro: { min_cutoff: 1.5 } }
`;
    // stage names are values, not keys: they are spelt as in code
    expect(() => parseConfig(text)).toThrow(/smoothing.stages.0/);
    const config = parseConfig(text.replace('[one_euro]', '[oneEuro]'));
    expect(config.topics.cameraInfo).toBe('/front/camera_info');
    expect(config.reference.zone.z).toEqual([0.2, 0.9]);
    expect(config.reference.minHandArea).toBe(0.004);
    expect(config.smoothing.oneEuro.minCutoff).toBe(1.5);
  });

  it.each([
    ['', ['gate', 'prior']],
    ['preset: calm', ['gate', 'prior', 'window', 'oneEuro']],
    ['preset: accurate', ['gate', 'prior', 'window']],
    ['{ preset: accurate, stages: [oneEuro] }', ['oneEuro']],
    ['{ stages: [] }', []],
  ])('runs the stages of a smoothing preset, or those that are named: %s', (settings, stages) => {
    expect(
      parseConfig(`smoothing: ${settings.startsWith('p') ? `{ ${settings} }` : settings || '{}'}`).smoothing.stages,
    ).toEqual(stages);
  });

  it('lets a preset on the command line take the place of the stages of a file, and stages after it that of both', () => {
    const file = formatConfig(trackerConfig());
    expect(parseConfig(file, 'file', ['smoothing.preset=calm']).smoothing.stages).toEqual([
      'gate',
      'prior',
      'window',
      'oneEuro',
    ]);
    const own = ['smoothing.preset=calm', 'smoothing.stages=[window]'];
    expect(parseConfig(file, 'file', own).smoothing.stages).toEqual(['window']);
  });

  it('comes back from its own file form unchanged', () => {
    const config = trackerConfig({ policy: 'every', heatMaps: { decoder: 'nbest', n: 7 } });
    expect(parseConfig(formatConfig(config))).toEqual(config);
  });

  it.each([
    ['', '/hand/joints'],
    ['cell', '/cell/hand/joints'],
    ['/cell/left', '/cell/left/hand/joints'],
  ])('puts the namespace %j in front of topics that stand in it, and of no others', (namespace, joints) => {
    const config = trackerConfig({ namespace, topics: { depth: '/camera/depth', poses: '~/poses' } });
    expect(config.topics).toMatchObject({ joints, depth: '/camera/depth', poses: '~/poses', tf: '/tf' });
    const text = formatConfig(config);
    expect(text).toMatch(/ joints: hand\/joints$/m);
    expect(text).toMatch(/ tf_static: \/tf_static$/m);
    expect(parseConfig(text)).toEqual(config);
  });

  it('refuses a namespace that ROS 2 would refuse', () => {
    expect(() => trackerConfig({ namespace: 'cell//left' })).toThrow(/namespace: a namespace/);
  });

  it.each([
    ['heat_maps.decoder=smax', (c: ReturnType<typeof trackerConfig>) => c.heatMaps.decoder, 'smax'],
    ['inference.threads=2', (c: ReturnType<typeof trackerConfig>) => c.inference.threads, 2],
    ['reference.zone.z=[0.3, 0.7]', (c: ReturnType<typeof trackerConfig>) => c.reference.zone.z, [0.3, 0.7]],
    ['reference.refine=rom', (c: ReturnType<typeof trackerConfig>) => c.reference.refine, 'rom'],
    [
      'reference.refine_model=./my-model',
      (c: ReturnType<typeof trackerConfig>) => c.reference.refineModel,
      './my-model',
    ],
    ['reference.max_refinement=0.03', (c: ReturnType<typeof trackerConfig>) => c.reference.maxRefinement, 0.03],
    ['policy=every', (c: ReturnType<typeof trackerConfig>) => c.policy, 'every'],
  ])('takes the override %s', (override, read, expected) => {
    expect(read(parseConfig('', 'test', [override]))).toEqual(expected);
  });

  it.each([
    ['nonsense: 1', /unknown key nonsense/],
    ['reference: { zone: { zz: [0, 1] } }', /unknown key reference.zone.zz/],
    ['reference: { zone: { z: [0.9, 0.2] } }', /reference.zone.z/],
    ['inference: { threads: 0 }', /inference.threads/],
    ['inference: { threads: many }', /inference.threads/],
    ['topics: { depth: "not a topic" }', /topics.depth/],
    ['heat_maps: { min_confidence: 2 }', /heat_maps.min_confidence/],
    ['reference: { refine: wrist }', /reference.refine/],
    ['reference: { refine_model: "" }', /reference.refine_model/],
    ['reference: { max_refinement: 0 }', /reference.max_refinement/],
    ['reference: { refine: com, refinement: 1 }', /unknown key reference.refinement/],
    [
      'heatmaps: { decoder: smax, n: 3 }',
      /unknown key heatmaps\.decoder; did you mean heat_maps\.decoder\?; unknown key heatmaps\.n/,
    ],
    ['smoothing: { beta: 80 }', /unknown key smoothing\.beta; did you mean smoothing\.one_euro\.beta\?/],
    ['camera_info: /front/info', /unknown key camera_info; did you mean topics\.camera_info\?; at cell/],
    ['quality: { speed: 3 }', /unknown key quality\.speed; at cell\.yaml$/],
    [
      'heat_maps: { decoder: smex }',
      /heat_maps\.decoder: expected one of max, smax, gauss, nbest, found "smex"; did you mean smax\?/,
    ],
    ['smoothing: { stages: [one_euro] }', /smoothing\.stages\.0: .*; did you mean oneEuro\?/],
    ['smoothing: { preset: lagfree }', /smoothing\.preset: .*; did you mean lag_free\?/],
    ['inference: { provider: quantum }', /inference\.provider: .*found "quantum"; at cell\.yaml$/],
    ['[1, 2', /not YAML/],
    ['just a word', /no settings/],
  ])('refuses %s with its place', (text, message) => {
    expect(() => parseConfig(text, 'cell.yaml')).toThrow(message);
    expect(() => parseConfig(text, 'cell.yaml')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it.each(['=1', 'threads', '__proto__.polluted=1', 'constructor.prototype.polluted=1'])(
    'refuses the override %s',
    (override) => {
      expect(() => parseConfig('', 'test', [override])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );
});
