import { VoxhandError } from '../errors/index.js';
import type { HandJoints } from '../hand/index.js';
import type { ApplyPosePriorOptions } from './apply-pose-prior.js';
import type { HandStage } from './hand-stage.js';
import { type OneEuroOptions, oneEuroStage } from './one-euro.js';
import { gateStage, type OutlierGateOptions } from './outlier-gate.js';
import type { PosePrior } from './pose-prior.js';
import { priorStage } from './prior-stage.js';
import { type TemporalWindowOptions, windowStage } from './temporal-window.js';

/** The stages of smoothing, in their usual order. */
export const SMOOTHING_STAGES = ['gate', 'prior', 'window', 'oneEuro'] as const;

export type SmoothingStage = (typeof SMOOTHING_STAGES)[number];

/** A stage runs if it is configured; `{}` runs it with its defaults. */
export interface SmoothingConfig {
  readonly gate?: OutlierGateOptions;
  readonly prior?: ApplyPosePriorOptions & { readonly model: PosePrior };
  readonly window?: TemporalWindowOptions;
  readonly oneEuro?: OneEuroOptions;
  /** Every configured stage once. Default: gate, prior, window, oneEuro. */
  readonly order?: readonly SmoothingStage[];
}

/**
 * All configured stages, one after another.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range, or the order misses or repeats a stage
 */
export function smoothingStage(config: SmoothingConfig): HandStage {
  const { order = SMOOTHING_STAGES } = config;
  checkOrder(order, config);
  const stages = order.flatMap((name) => createStage(name, config));
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

function createStage(name: SmoothingStage, config: SmoothingConfig): HandStage[] {
  switch (name) {
    case 'gate':
      return config.gate === undefined ? [] : [gateStage(config.gate)];
    case 'prior':
      return config.prior === undefined ? [] : [priorStage(config.prior.model, config.prior)];
    case 'window':
      return config.window === undefined ? [] : [windowStage(config.window)];
    case 'oneEuro':
      return config.oneEuro === undefined ? [] : [oneEuroStage(config.oneEuro)];
  }
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
