import type { Diagnostic } from '../messages/index.js';
import type { DurationSummary } from '../timing/index.js';
import type { RigCameraFacts } from '../tracking/index.js';
import type { NodeFacts } from './node-facts.js';
import { type Finding, type NodePart, PARTS } from './node-rules.js';

type Values = Diagnostic['values'];

/**
 * A node's diagnostics: one for each of its parts, named `<node>: <part>`. The first finding of a part gives its level and its
 * message, further ones are values; without a finding it is OK and its message is a summary.
 */
export function nodeDiagnostics(facts: NodeFacts, findings: readonly Finding[]): Diagnostic[] {
  return PARTS.map((part): Diagnostic => {
    const own = findings.filter(({ rule }) => rule.part === part);
    const [first, ...others] = own;
    const also = Object.fromEntries(others.map(({ rule, text }) => [`also.${rule.id}`, `${rule.level}: ${text}`]));
    return {
      name: `${facts.name}: ${part}`,
      level: first?.rule.level ?? 'ok',
      message: first?.text ?? SUMMARIES[part](facts),
      values: { ...(first && { rule: first.rule.id }), ...also, ...VALUES[part](facts) },
    };
  });
}

const SUMMARIES: Readonly<Record<NodePart, (facts: NodeFacts) => string>> = {
  node: ({ state }) => state,
  input: ({ state, recent: { rate }, session: { lastFrame, idle, frames } }) => {
    if (state !== 'active') return 'not subscribed';
    if (idle) return 'not subscribed: no output has a subscriber';
    if (frames === 0) return 'waiting for the first frame';
    return `${rate.toFixed(1)} Hz${lastFrame === undefined ? '' : ` of ${lastFrame.width}x${lastFrame.height}`}`;
  },
  timing: ({ session: { age } }) =>
    age === undefined ? 'nothing published yet' : `age ${milliseconds(age.p50)} ms at publish`,
  inference: ({ session: { inference } }) =>
    inference === undefined ? 'not loaded' : `${inference.model.name} on ${inference.providerActual}`,
  output: ({ session: { published, counts } }) =>
    `${published} published, ${counts.tracked} of ${counts.out} with a hand`,
};

const VALUES: Readonly<Record<NodePart, (facts: NodeFacts) => Values>> = {
  node: ({ state, config, lastError, session: { paused, roleValues } }) => ({
    state,
    paused,
    role: config.distribution.role,
    ...roleValues,
    last_error: lastError?.message,
    last_error_code: lastError?.code,
  }),
  input: ({ config, input, recent, session: { counts, lastFrame, sinceFrame, cameras = [] } }) => ({
    topic: config.topics.depth,
    camera_info_topic: config.topics.cameraInfo,
    rate_hz: recent.rate.toFixed(2),
    frames_in: counts.in,
    frames_pending: counts.pending,
    publishers: input.depth?.publishers,
    ...prefixed('dropped', counts.dropped),
    ...prefixed('dropped_recently', nonZero(recent.dropped)),
    ...prefixed('bus_dropped', input.depth?.dropped ?? {}),
    since_last_frame_s: sinceFrame?.toFixed(3),
    image: lastFrame && `${lastFrame.width}x${lastFrame.height}`,
    frame_id: lastFrame?.frameId,
    time_jumps_recently: recent.stamps.jump,
    ...Object.assign({}, ...cameras.map(cameraValues)),
  }),
  timing: ({ loopLag, session: { age, ageAtArrival, publishing, stages } }) => ({
    ...quantiles('age', age),
    ...quantiles('age_at_arrival', ageAtArrival),
    ...quantiles('publish', publishing),
    event_loop_lag_p50_ms: loopLag && milliseconds(loopLag.p50),
    event_loop_lag_p99_ms: loopLag && milliseconds(loopLag.p99),
    ...Object.assign({}, ...Object.entries(stages).map(([stage, times]) => quantiles(`stage.${stage}`, times))),
  }),
  inference: ({ session: { inference, locating } }) => ({
    state: inference?.state,
    model: inference?.model.name,
    model_version: inference?.model.version,
    model_sha256: inference?.model.sha256,
    provider_requested: inference?.providerRequested,
    provider_actual: inference?.providerActual,
    fallback_reason: inference?.fallbackReason,
    inferences: inference?.inferences,
    worker_restarts: inference?.restarts,
    frames_lost_with_worker: inference?.lost,
    ...Object.assign(
      {},
      ...Object.entries(locating).map(([name, { model, providerActual, restarts }]) => ({
        [`${name}_model`]: model.name,
        [`${name}_provider`]: providerActual,
        [`${name}_restarts`]: restarts,
      })),
    ),
  }),
  output: ({ sinks, config, events, session: { counts, published, withheld } }) => ({
    topic: config.topics.joints,
    published,
    out: counts.out,
    tracked: counts.tracked,
    ...prefixed('lost', counts.lost),
    ...prefixed('withheld', withheld),
    ...prefixed('refinement', counts.refinement ?? {}),
    ...prefixed('shed', counts.shed ?? {}),
    target_frame: config.output.targetFrame === '' ? undefined : config.output.targetFrame,
    ...Object.fromEntries(sinks.map(({ name, gone, faults }) => [`sink.${name}`, sinkState(gone, faults.length)])),
    ...Object.assign({}, ...sinks.map(({ name, losses }) => prefixed(`sink.${name}`, losses))),
    bus_events: events.length,
  }),
};

/** Of a camera of a rig. */
function cameraValues({
  name,
  state,
  frames,
  fused,
  missing,
  period,
  clockDifference,
  lost,
  dropped,
}: RigCameraFacts): Values {
  const values: Values = {
    state,
    ...{ frames, fused, missing },
    rate_hz: period && (1 / period).toFixed(2),
    clock_difference_ms: clockDifference === undefined ? undefined : milliseconds(clockDifference),
    ...prefixed('lost', lost),
    ...prefixed('dropped', dropped),
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`camera.${name}.${key}`, value]));
}

function sinkState(gone: boolean, faults: number): string {
  if (gone) return 'stopped';
  return faults === 0 ? 'ok' : `${faults} topics with faults`;
}

function quantiles(name: string, summary: DurationSummary | undefined): Values {
  if (summary === undefined) return {};
  return { [`${name}_p50_ms`]: milliseconds(summary.p50), [`${name}_p99_ms`]: milliseconds(summary.p99) };
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Values {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [`${prefix}.${key}`, count]));
}

function nonZero(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(2);
}
