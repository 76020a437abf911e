import { z } from 'zod';
import { VoxhandError } from '../errors/index.js';
import { live } from '../errors/setting.js';
import type { HandJoints } from '../hand/index.js';
import { type ApplyPosePriorOptions, priorSettings } from './apply-pose-prior.js';
import type { HandStage } from './hand-stage.js';
import { type OneEuroOptions, oneEuroSettings, oneEuroStage } from './one-euro.js';
import { gateSettings, gateStage, type OutlierGateOptions } from './outlier-gate.js';
import type { PosePrior } from './pose-prior.js';
import { priorStage } from './prior-stage.js';
import { type TemporalWindowOptions, windowSettings, windowStage } from './temporal-window.js';

/** The stages of smoothing, in their usual order: how one is made of its options. */
const STAGES = {
  gate: (options: OutlierGateOptions) => gateStage(options),
  prior: ({ model, ...options }: ApplyPosePriorOptions & { readonly model: PosePrior }) => priorStage(model, options),
  window: (options: TemporalWindowOptions) => windowStage(options),
  oneEuro: (options: OneEuroOptions) => oneEuroStage(options),
};

export type SmoothingStage = keyof typeof STAGES;
export const SMOOTHING_STAGES = Object.keys(STAGES) as SmoothingStage[];

/**
 * Named lists of stages. What each is worth is measured by scripts/smoothing-presets.mjs and told in docs/configuration.md; the default
 * is the one without lag whose mean error is never above that of the raw joints.
 */
export const SMOOTHING_PRESETS = {
  accurate: ['gate', 'prior', 'window'],
  calm: ['gate', 'prior', 'window', 'oneEuro'],
  lag_free: ['gate', 'prior'],
} satisfies Record<string, SmoothingStage[]>;

const presetNames = Object.keys(SMOOTHING_PRESETS) as (keyof typeof SMOOTHING_PRESETS)[];

/** Smoothing of the joints of each hand. */
export const smoothingSettings = z
  .strictObject({
    preset: live(
      'Which stages run. accurate: lowest error, one frame late; calm: least jitter of slow hands, one frame late, and behind in fast movements; lag_free: no delay.',
      z.enum(presetNames).default('lag_free'),
    ),
    stages: live(
      'Which stages run, in which order; not set: those of the preset.',
      z.array(z.enum(SMOOTHING_STAGES)).optional(),
    ),
    gate: gateSettings.prefault({}),
    prior: priorSettings.prefault({}),
    window: windowSettings.prefault({}),
    oneEuro: oneEuroSettings.prefault({}),
  })
  .transform((settings) => ({
    ...settings,
    stages: settings.stages ?? ([...SMOOTHING_PRESETS[settings.preset]] as SmoothingStage[]),
  }));

export type SmoothingSettings = z.output<typeof smoothingSettings>;

/** The options of each stage. A stage runs if it is there; `{}` runs it with its defaults. */
export type SmoothingConfig = {
  readonly [Name in SmoothingStage]?: Parameters<(typeof STAGES)[Name]>[0];
} & {
  /** Every stage that is there once. Default: the order of `SMOOTHING_STAGES`. */
  readonly order?: readonly SmoothingStage[];
};

/** The stages that the settings ask for, in their order. Without a prior, its stage is left out. */
export function smoothingConfig(settings: SmoothingSettings, prior?: PosePrior): SmoothingConfig {
  const order = settings.stages.filter((stage) => stage !== 'prior' || prior !== undefined);
  const { file: _file, ...priorOptions } = settings.prior;
  const options = { ...settings, prior: { ...priorOptions, model: prior } };
  return { order, ...Object.fromEntries(order.map((stage) => [stage, options[stage]])) };
}

/**
 * All configured stages, one after another.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range, or the order misses or repeats a stage
 */
export function smoothingStage(config: SmoothingConfig): HandStage {
  const { order = SMOOTHING_STAGES.filter((name) => config[name] !== undefined) } = config;
  checkOrder(order, config);
  const stages = order.filter((name) => config[name] !== undefined).map((name) => createStage(name, config[name]));
  return {
    push: (hand) => pass([hand], 0),
    flush: () => {
      // What one stage gives on its flush still goes through those after it.
      let results: readonly HandJoints[] = [];
      stages.forEach((stage, index) => {
        results = [...results, ...pass(stage.flush(), index + 1)];
      });
      return results;
    },
  };

  function pass(hands: readonly HandJoints[], from: number): readonly HandJoints[] {
    return stages
      .slice(from)
      .reduce<readonly HandJoints[]>((given, stage) => given.flatMap((hand) => stage.push(hand)), hands);
  }
}

function createStage(name: SmoothingStage, options: SmoothingConfig[SmoothingStage]): HandStage {
  return (STAGES[name] as (options: unknown) => HandStage)(options);
}

function checkOrder(order: readonly SmoothingStage[], config: SmoothingConfig): void {
  const configured = SMOOTHING_STAGES.filter((name) => config[name] !== undefined);
  const known = order.every((name) => SMOOTHING_STAGES.includes(name));
  const once = new Set(order).size === order.length;
  if (known && once && configured.every((name) => order.includes(name))) return;
  throw new VoxhandError('CONFIG_INVALID', 'order of smoothing stages', {
    expected: `each configured stage once (${configured.join(', ')}), of ${SMOOTHING_STAGES.join(', ')}`,
    found: order.join(', '),
    where: 'smoothing.order',
  });
}
