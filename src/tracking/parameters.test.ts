import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trackerConfig } from './config.js';
import { changedParameters, changeParameters, parameterValue, trackerParameters } from './parameters.js';

const config = trackerConfig();
const named = (name: string) => {
  const parameter = trackerParameters().find((candidate) => candidate.name === name);
  if (parameter === undefined) throw new Error(`no parameter ${name}`);
  return parameter;
};
const change = (changes: Record<string, unknown>) => changeParameters(config, new Map(Object.entries(changes)));

describe('the parameters of a tracker', () => {
  it('say each what they mean, in a sentence', () => {
    const bad = trackerParameters().filter(({ description }) => !/^[a-zA-Z].{10,}\.$/.test(description));
    expect(bad.map(({ name }) => name)).toEqual([]);
  });

  it('are all that the configuration holds', () => {
    const paths = new Set(trackerParameters().map(({ path }) => path.join('.')));
    const leaves = (tree: object, at = ''): string[] =>
      Object.entries(tree).flatMap(([key, value]) =>
        typeof value === 'object' && !Array.isArray(value) ? leaves(value, `${at}${key}.`) : [`${at}${key}`],
      );
    expect(leaves(config).filter((leaf) => !paths.has(leaf))).toEqual([]);
  });

  it('have the defaults of the configuration', () => {
    for (const parameter of trackerParameters()) {
      if (parameter.path[0] === 'topics') continue; // relative in the schema, absolute in a configuration
      expect([parameter.name, parameterValue(config, parameter)]).toEqual([parameter.name, parameter.default]);
    }
  });

  it.each([
    ['policy', 'string', { choices: ['latest', 'every'], constraints: 'one of latest, every', change: 'fixed' }],
    ['queue_size', 'integer', { range: { from: 1, to: 10_000 }, default: 64 }],
    ['heat_maps.min_confidence', 'double', { range: { from: 0, to: 1 }, change: 'live' }],
    ['reference.zone.z', 'double_array', { default: [0.15, 1.3], constraints: 'two numbers, the lower first' }],
    ['reference.zone.x', 'double_array', { default: [], optional: true }],
    ['smoothing.stages', 'string_array', { constraints: 'any of gate, prior, window, oneEuro' }],
    ['smoothing.prior.components', 'integer', { default: 0, optional: true }],
    ['reference.hand_radius', 'double', { range: { from: 0, to: 10 }, constraints: 'greater than 0', unit: 'm' }],
    ['output.poses', 'bool', { default: true, constraints: '' }],
    ['qos.depth.profile', 'string', { change: 'fixed' }],
    ['inference.model', 'string', { change: 'fixed' }],
  ] as const)('know %s as a %s', (name, type, more) => {
    expect(named(name)).toMatchObject({ name, type, ...more });
    expect(named(name).description.length).toBeGreaterThan(10);
  });
});

describe('a change of parameters', () => {
  it('gives a new configuration and leaves the old one alone', () => {
    const next = change({
      'reference.zone.z': Float64Array.of(0.2, 0.9),
      'smoothing.window.k': 3n,
      handedness: 'left',
    });
    expect(next.reference.zone.z).toEqual([0.2, 0.9]);
    expect(next.smoothing.window.k).toBe(3);
    expect(next.handedness).toBe('left');
    expect(config.handedness).toBe('auto');
    expect(changedParameters(config, next)).toEqual(['handedness', 'reference.zone.z', 'smoothing.window.k']);
  });

  it('sets and unsets what is optional', () => {
    const limited = change({ 'reference.zone.x': [-0.2, 0.2], 'smoothing.prior.components': 12 });
    expect(limited.reference.zone.x).toEqual([-0.2, 0.2]);
    expect(limited.smoothing.prior.components).toBe(12);
    const changes = new Map<string, unknown>([
      ['reference.zone.x', []],
      ['smoothing.prior.components', 0],
    ]);
    expect(changeParameters(limited, changes)).toEqual(config);
  });

  it.each([
    ['a value out of range', { 'heat_maps.min_confidence': 1.5 }, /heat_maps\.min_confidence: .*<=1/],
    ['a value of another type', { 'output.poses': 'yes' }, /output\.poses: .*boolean/],
    ['a fraction where a whole number belongs', { 'smoothing.window.k': 1.5 }, /smoothing\.window\.k: /],
    ['a choice that there is not', { handedness: 'both' }, /handedness: /],
    ['a range upside down', { 'reference.zone.z': [0.9, 0.2] }, /reference\.zone\.z: .*the lower first/],
    ['a range of three', { 'reference.zone.z': [0.1, 0.2, 0.3] }, /reference\.zone\.z: /],
    ['not a number', { 'diagnostics.period': Number.NaN }, /diagnostics\.period: /],
    ['taking away what must be set', { handedness: undefined }, /handedness: must be set/],
    ['nothing where something must be', { 'inference.model': '' }, /inference\.model: /],
    ['a name that nobody knows', { 'reference.zone': 1 }, /unknown parameter reference\.zone/],
    [
      'a misspelt name',
      { 'smoothing.one_euro.bata': 1 },
      /unknown parameter .*; did you mean smoothing\.one_euro\.beta\?/,
    ],
    ['a name that every object has', { __proto__x: 1, constructor: 1 }, /unknown parameter __proto__x.*constructor/],
  ])('is refused for %s', (_, changes, reason) => {
    expect(() => change(changes)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(reason) }),
    );
  });

  it('of the preset changes the stages with it, unless these are given too', () => {
    const calm = change({ 'smoothing.preset': 'calm' });
    expect(calm.smoothing.stages).toEqual(['gate', 'prior', 'window', 'oneEuro']);
    expect(changedParameters(config, calm)).toEqual(['smoothing.preset', 'smoothing.stages']);
    const own = change({ 'smoothing.preset': 'accurate', 'smoothing.stages': ['oneEuro'] });
    expect(own.smoothing.stages).toEqual(['oneEuro']);
    const back = changeParameters(own, new Map([['smoothing.preset', 'accurate']]));
    expect(back.smoothing.stages).toEqual(['gate', 'prior', 'window']);
  });

  it('is made whole or not at all', () => {
    const before = structuredClone(config);
    expect(() => change({ handedness: 'left', 'heat_maps.n': -1 })).toThrow(/heat_maps\.n/);
    expect(config).toEqual(before);
  });

  it('refuses what may not be changed now, unless it stays as it is', () => {
    const changes = (model: string) => new Map([['inference.model', model]]);
    const allowed = ({ change }: { change: string }) => change === 'live';
    expect(() => changeParameters(config, changes('light'), allowed)).toThrow(
      /inference\.model: cannot be changed while/,
    );
    expect(changeParameters(config, changes('compact'), allowed)).toEqual(config);
  });

  it('never gives a configuration that the schema would refuse, whatever it is asked for', () => {
    const value = fc.oneof(
      fc.boolean(),
      fc.double(),
      fc.bigInt({ min: -9n, max: 99n }),
      fc.string(),
      fc.array(fc.double()),
      fc.constant(null),
    );
    const names = trackerParameters().map(({ name }) => name);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 }), (changes) => {
        try {
          const next = change(changes);
          expect(trackerConfig(next)).toEqual(next);
        } catch (error) {
          expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
        }
      }),
      { numRuns: 300 },
    );
  });
});
