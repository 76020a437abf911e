import { CAMERA_SCHEMAS, canonicalSchema, DEPTH_SCHEMAS } from '../depth/index.js';
import { inWords } from '../errors/index.js';
import type { DiagnosticLevel } from '../messages/index.js';
import { disagreementText } from '../rig/index.js';
import { CAMERA_MISMATCH, DEPTH_UNIT } from '../tracking/index.js';
import type { NodeFacts } from './node-facts.js';

/** The parts of a node that have a diagnostic of their own. */
export const PARTS = ['node', 'input', 'timing', 'inference', 'output'] as const;
export type NodePart = (typeof PARTS)[number];

/** One rule of the diagnostics. */
export interface NodeRule {
  /** Stable, shown as `rule` in the diagnostic: `camera-info-missing`. */
  readonly id: string;
  readonly part: NodePart;
  readonly level: Exclude<DiagnosticLevel, 'ok'>;
  /** When it applies, in words: the documentation. */
  readonly when: string;
  /** What is wrong, which topic it is about and what to do about it; undefined where the rule does not apply. */
  readonly find: (facts: NodeFacts) => string | undefined;
}

/** A rule that applies. */
export interface Finding {
  readonly rule: NodeRule;
  readonly text: string;
}

/** A longer median of reading one image is a warning, seconds, unless it has no more pixels than this: then the machine is slow. */
const SLOW_DECODE = 0.01;
const ENOUGH_PIXELS = 640 * 480;
/** So is a main thread that is late by more at the 99th percentile, seconds. */
const LATE_LOOP = 0.05;
/** A median age outside of this says that two clocks differ, seconds. */
const CLOCK_AHEAD = -0.005;
const CLOCK_APART = 30;
/** Causes that are meant: they are no loss. */
const MEANT = ['replaced', 'paused', 'deactivated', 'reset', 'stale', 'unwanted'];
/** Causes that have a rule of their own. */
const RULED = [
  'SCHEMA_UNSUPPORTED',
  'DEPTH_ENCODING',
  'DEPTH_FORMAT',
  'DEPTH_SIZE',
  'CAMERA_INVALID',
  'CAMERA_UNSUPPORTED',
  'camera-missing',
  'duplicate-stamp',
  'nobody-listens',
];

const active = ({ state, session: { paused, idle } }: NodeFacts) => state === 'active' && !paused && !idle;
const seesFrames = ({ config }: NodeFacts) => config.distribution.role !== 'inference';
const recentFault = ({ recent }: NodeFacts, topic: string, ...causes: readonly string[]) =>
  recent.faults.find((fault) => fault.topic === topic && causes.includes(fault.cause));
/** No depth message comes, whatever it may be. */
const silent = (facts: NodeFacts) =>
  active(facts) &&
  seesFrames(facts) &&
  (facts.session.sinceMessage ?? facts.activeSeconds) > facts.config.diagnostics.silenceAfter &&
  facts.activeSeconds > facts.config.diagnostics.silenceAfter;
const ms = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
const oneOf = (topics: readonly string[], option: string) =>
  topics.length === 0 ? '' : ` This bus has ${topics.slice(0, 4).join(', ')}: choose one with ${option}.`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text: string) => `${capital(text)}${/[.?!]$/.test(text) ? '' : '.'}`;
const noneOf = (schemas: readonly string[], known: readonly string[]) =>
  schemas.length > 0 && !schemas.some((schema) => known.includes(canonicalSchema(schema)));
const DEPTH_OPTION = '--depth-topic or a remap of topics.depth';
const CAMERA_OPTION = '--camera-info-topic or a remap of topics.camera_info';

/**
 * All rules, those of a part in order of importance: the first that applies gives the part's message and its level, the others
 * are listed beside it. "The last seconds" are five of them.
 *
 * @see {@link ruleTable} for the same as text.
 */
const RULES: Readonly<Record<NodePart, readonly Omit<NodeRule, 'part'>[]>> = {
  node: [
    {
      id: 'failed',
      level: 'error',
      when: 'the last transition ended in an error, and the node is not active',
      find: ({ lastError, state }) =>
        lastError !== undefined && ['unconfigured', 'finalized', 'inactive'].includes(state)
          ? `${lastError.message} [${lastError.code}]. Put it right, then configure the node again.`
          : undefined,
    },
    {
      id: 'paused',
      level: 'warn',
      when: 'paused by ~/pause',
      find: ({ state, session: { paused } }) =>
        state === 'active' && paused ? 'Paused: no frame is worked on. ~/resume goes on.' : undefined,
    },
    {
      id: 'role',
      level: 'error',
      when: 'the other role of a cut pipeline is missing, or does not fit',
      find: (facts) => (active(facts) && facts.session.roleProblem ? sentence(facts.session.roleProblem) : undefined),
    },
  ],
  input: [
    {
      id: 'depth-type',
      level: 'error',
      when: 'the depth topic carries another message type',
      find: (facts) => {
        const { depthSchemas, depthCandidates } = facts.input;
        const { depth } = facts.config.topics;
        const fault = recentFault(facts, depth, 'SCHEMA_UNSUPPORTED');
        const wrong = noneOf(depthSchemas, DEPTH_SCHEMAS);
        if (!active(facts) || !seesFrames(facts) || (!wrong && fault === undefined)) return undefined;
        const found = wrong ? depthSchemas.join(' and ') : (fault?.text ?? '');
        return `${depth} carries no depth images but ${found}. Expected sensor_msgs/msg/Image or CompressedImage: set ${DEPTH_OPTION}.${oneOf(depthCandidates, DEPTH_OPTION)}`;
      },
    },
    {
      id: 'depth-encoding',
      level: 'error',
      when: 'images on the depth topic are not encoded as depth',
      find: (facts) => {
        const { depth } = facts.config.topics;
        const fault = recentFault(facts, depth, 'DEPTH_ENCODING', 'DEPTH_FORMAT');
        if (fault === undefined) return undefined;
        return `Images on ${depth} are not depth: ${fault.text}. Is it a colour topic? Set ${DEPTH_OPTION} to the depth image.${oneOf(facts.input.depthCandidates, DEPTH_OPTION)}`;
      },
    },
    {
      id: 'depth-size',
      level: 'error',
      when: 'images are too large, contradict themselves or do not fit the camera info',
      find: (facts) => {
        const { depth, cameraInfo } = facts.config.topics;
        const fault = recentFault(facts, depth, 'DEPTH_SIZE');
        if (fault === undefined) return undefined;
        const remedy = /too large/.test(fault.text)
          ? 'Lower the resolution of the camera, or raise input.max_pixels.'
          : `Do ${depth} and ${cameraInfo} come from the same camera and the same image? Set ${CAMERA_OPTION}.`;
        return `Images on ${depth} are refused: ${fault.text}. ${remedy}`;
      },
    },
    {
      id: 'depth-unit',
      level: 'warn',
      when: 'no hand is found, and depth looks as if it were read in a wrong unit',
      find: ({ config: { topics, input }, recent, session: { counts } }) => {
        if ((recent.lost[DEPTH_UNIT] ?? 0) === 0) return undefined;
        const unit = counts.suspectedUnit;
        const guess = unit === undefined ? '' : ` One unit seems to be ${unit} m.`;
        return `No hand on ${topics.depth}, where depth cannot be right: everything is too near or too far, or hands would be there at another scale.${guess} Set input.depth_unit, metres per unit of 16-bit depth (now ${input.depthUnit}); 32FC1 must be metres.`;
      },
    },
    {
      id: 'camera-info-invalid',
      level: 'error',
      when: 'the camera info cannot be used: zero focal length, unknown distortion, another type',
      find: (facts) => {
        const { cameraInfo } = facts.config.topics;
        const codes = ['CAMERA_INVALID', 'CAMERA_UNSUPPORTED', 'SCHEMA_UNSUPPORTED', 'MESSAGE_INVALID'];
        const fault = recentFault(facts, cameraInfo, ...codes);
        const { cameraSchemas, cameraCandidates } = facts.input;
        if (active(facts) && seesFrames(facts) && noneOf(cameraSchemas, CAMERA_SCHEMAS)) {
          return `${cameraInfo} carries ${cameraSchemas.join(' and ')}, not camera intrinsics: set ${CAMERA_OPTION}.${oneOf(cameraCandidates, CAMERA_OPTION)}`;
        }
        if (fault === undefined) return undefined;
        return `The camera info on ${cameraInfo} cannot be used: ${fault.text}. Calibrate the camera, or have its driver fill in K and P.`;
      },
    },
    {
      id: 'camera-info-differs',
      level: 'warn',
      when: 'the camera info names another frame than the depth images: it may be of another camera',
      find: ({ config: { topics }, session: { faults } }) => {
        const fault = faults.find(({ topic, cause }) => topic === topics.cameraInfo && cause === CAMERA_MISMATCH);
        return fault && `${sentence(fault.text)} Set ${CAMERA_OPTION}.`;
      },
    },
    {
      id: 'camera-info-missing',
      level: 'error',
      when: 'depth images come, and more than warn_dropped of the last seconds find no camera info of their time',
      find: (facts) => {
        const { depth, cameraInfo } = facts.config.topics;
        if (!active(facts) || recentFault(facts, depth, 'camera-missing', 'queue-full') === undefined) return undefined;
        // the last image of a camera that stops may wait in vain for its info: that is no fault of the info
        const { dropped, in: came } = facts.recent;
        const missed = (dropped['camera-missing'] ?? 0) + (dropped['queue-full'] ?? 0);
        if (silent(facts) || missed < 2 || missed / came <= facts.config.diagnostics.warnDropped) return undefined;
        const { camera, cameraCandidates } = facts.input;
        if ((camera?.messages ?? 0) > 0) {
          return facts.config.input.pairing === 'stamp'
            ? `Images on ${depth} have no camera info of the same stamp on ${cameraInfo}: set input.pairing to latest, or input.tolerance.`
            : undefined; // it has just come
        }
        const who = camera?.publishers === 0 ? 'and it has no publisher' : 'so far';
        return `Images come on ${depth}, but no camera info on ${cameraInfo} ${who}: set ${CAMERA_OPTION}.${oneOf(cameraCandidates, CAMERA_OPTION)}`;
      },
    },
    {
      id: 'no-publisher',
      level: 'error',
      when: 'no frame since silence_after, and the depth topic has no publisher',
      find: (facts) => {
        const { depth, depthCandidates } = facts.input;
        const topic = facts.config.topics.depth;
        if (!silent(facts) || facts.session.counts.in > 0 || depth?.publishers !== 0) return undefined;
        if (facts.events.some((event) => event.topic === topic)) return undefined;
        return `Nobody publishes on ${topic}. Start the camera's driver, or set ${DEPTH_OPTION}.${oneOf(depthCandidates, DEPTH_OPTION)}`;
      },
    },
    {
      id: 'silent',
      level: 'error',
      when: 'no depth message ever since silence_after, though somebody may publish',
      find: (facts) => {
        const { depth, depthCandidates } = facts.input;
        const topic = facts.config.topics.depth;
        if (!silent(facts) || facts.session.counts.in > 0) return undefined;
        const event = facts.events.findLast((candidate) => candidate.topic === topic);
        if (event !== undefined) return sentence(event.text);
        const publishers = depth?.publishers;
        const who = publishers === undefined ? '' : ` from ${publishers} publisher${publishers === 1 ? '' : 's'}`;
        return `No depth image on ${topic}${who} for ${facts.activeSeconds.toFixed(0)} s. Is the camera streaming? Compare its QoS with qos.depth, or set ${DEPTH_OPTION}.${oneOf(depthCandidates, DEPTH_OPTION)}`;
      },
    },
    {
      id: 'stopped',
      level: 'stale',
      when: 'depth messages came, and then none for silence_after',
      find: (facts) => {
        const { counts, sinceMessage = 0 } = facts.session;
        const { depth } = facts.input;
        if (!silent(facts) || counts.in === 0) return undefined;
        const who = depth?.publishers === 0 ? ': its publisher is gone' : '';
        return `No depth image on ${facts.config.topics.depth} for ${sinceMessage.toFixed(1)} s${who}. Check the camera driver; tracking goes on when frames come again.`;
      },
    },
    {
      id: 'stamp-stuck',
      level: 'error',
      when: 'most frames of the last seconds have the stamp of the one before',
      find: ({ config, recent: { stamps } }) =>
        stamps.again > 1 && stamps.again > stamps.next
          ? `Stamps on ${config.topics.depth} stand still: ${stamps.again} images with the stamp of the one before. Have the driver stamp its images, or look for a second bridge of the same topic.`
          : undefined,
    },
    {
      id: 'stamp-zero',
      level: 'warn',
      when: 'frames of the last seconds have no stamp; they are taken to be of the time they came',
      find: ({ config, recent: { stamps } }) =>
        stamps.zero > 1
          ? `Images on ${config.topics.depth} have no stamp: their time of arrival is taken. Have the driver stamp its images.`
          : undefined,
    },
    {
      id: 'time-jump',
      level: 'warn',
      when: 'stamps stepped back in the last seconds; the tracker was reset',
      find: ({ config, recent: { stamps }, input: { depth } }) => {
        if (stamps.jump === 0) return undefined;
        const several = (depth?.publishers ?? 1) > 1 || stamps.jump > 3;
        const why = several
          ? 'Two publishers on one topic? Give each camera its own.'
          : 'A recording that loops, or a clock that was set; nothing to do if so.';
        return `Stamps on ${config.topics.depth} stepped back ${stamps.jump} times: tracking was reset. ${why}`;
      },
    },
    {
      id: 'unreadable',
      level: 'warn',
      when: 'messages of the last seconds could not be read, for another reason than those above',
      find: (facts) => {
        const { depth } = facts.config.topics;
        const fault = facts.recent.faults.find(
          ({ topic, cause }) => topic === depth && /^[A-Z]/.test(cause) && !RULED.includes(cause),
        );
        return fault && `${fault.text} [${fault.cause}], on ${depth}. Check its driver and its transport.`;
      },
    },
    {
      id: 'camera-place',
      level: 'warn',
      when: 'of a rig: nothing says where a camera is, and its frames are left out',
      find: ({ session: { cameraProblem } }) =>
        cameraProblem &&
        `${sentence(cameraProblem)} Publish it on /tf_static, or set rig.file or cameras.<name>.translation and rotation; voxhand calibrate finds it.`,
    },
    {
      id: 'camera-silent',
      level: 'warn',
      when: 'of a rig: a camera sends nothing while others do',
      find: (facts) => {
        const { cameras = [] } = facts.session;
        const gone = cameras.filter(({ state }) => state === 'silent').map(({ name }) => name);
        if (!active(facts) || gone.length === 0 || gone.length === cameras.length) return undefined;
        const [{ depth }] = [facts.config.cameras[gone[0]] ?? facts.config.topics];
        return `No frames of camera ${gone.join(', ')} (${depth}): tracking goes on without. Check its driver.`;
      },
    },
    {
      id: 'camera-clock',
      level: 'warn',
      when: 'of a rig: the stamps of a camera are more than rig.deadline away from those of the first one when they arrive',
      find: ({ config, session: { cameras = [] } }) => {
        const off = cameras.find(({ clockDifference = 0 }) => Math.abs(clockDifference) > config.rig.deadline);
        return (
          off &&
          `Stamps of camera ${off.name} are ${ms(-(off.clockDifference ?? 0))} ahead of those of ${cameras[0].name}: frames of one moment are not put together. Synchronise the clocks, or set cameras.${off.name}.clock_offset; voxhand calibrate finds it.`
        );
      },
    },
    {
      id: 'camera-disagreement',
      level: 'warn',
      when: 'of a rig: two cameras see the same hand farther apart than rig.warn_disagreement, for seconds',
      find: ({ config, session: { fusion } }) => {
        const text = disagreementText(fusion?.disagreements ?? [], config.rig.warnDisagreement);
        return text && sentence(text);
      },
    },
    {
      id: 'dropped',
      level: 'warn',
      when: 'more than warn_dropped of the last seconds were dropped, those replaced and those of the rules above aside',
      find: ({ config, recent }) => {
        const known = [...MEANT, ...RULED];
        const lost = Object.entries(recent.dropped).filter(([cause, count]) => count > 0 && !known.includes(cause));
        const sum = lost.reduce((total, [, count]) => total + count, 0);
        if (recent.in === 0 || sum / recent.in <= config.diagnostics.warnDropped) return undefined;
        const why = lost.map(([cause, count]) => `${cause} ${count}`).join(', ');
        return `${sum} of ${recent.in} depth images on ${config.topics.depth} were dropped: ${why}.`;
      },
    },
    {
      id: 'bus-input',
      level: 'warn',
      when: 'the bus reports a problem with an input topic: QoS, lost messages, types',
      find: (facts) => {
        const { depth, cameraInfo } = facts.config.topics;
        // a driver that ends takes both topics with it
        const about = (topic: string) => facts.events.findLast((event) => event.topic === topic);
        const event = about(depth) ?? (silent(facts) ? undefined : about(cameraInfo));
        return event && sentence(event.text);
      },
    },
  ],
  timing: [
    {
      id: 'image-large',
      level: 'warn',
      when: 'reading an image of more than 640x480 takes more than 10 ms at the median',
      find: ({ config, session: { lastFrame, stages } }) => {
        const took = stages.decode?.p50 ?? 0;
        const { width = 0, height = 0 } = lastFrame ?? {};
        if (took <= SLOW_DECODE || width * height <= ENOUGH_PIXELS) return undefined;
        return `Images of ${width}x${height} on ${config.topics.depth} take ${ms(took)} each to read. Lower the camera's resolution or decimate: 640x480 is enough for a hand.`;
      },
    },
    {
      id: 'clock',
      level: 'warn',
      when: 'the median age at publish is below -5 ms or above 30 s: two clocks differ',
      find: ({ config, session: { age } }) => {
        if (age === undefined || (age.p50 >= CLOCK_AHEAD && age.p50 <= CLOCK_APART)) return undefined;
        const how = age.p50 < 0 ? `${ms(-age.p50)} ahead of` : `${age.p50.toFixed(0)} s behind`;
        return `Stamps on ${config.topics.depth} are ${how} this node's clock. Synchronise the hosts' clocks, or set use_sim_time where the images come from a recording or a simulation.`;
      },
    },
    {
      id: 'old',
      level: 'warn',
      when: 'the median age at publish is above warn_age',
      find: ({ config, session: { age, ageAtArrival, stages } }) => {
        const { warnAge } = config.diagnostics;
        if (age === undefined || age.p50 <= warnAge || age.p50 > CLOCK_APART) return undefined;
        const arrival = ageAtArrival?.p50 ?? 0;
        const own = age.p50 - arrival;
        if (own <= warnAge && own < arrival) {
          return `Joints on ${config.topics.joints} are ${ms(age.p50)} old when they are published, because the images on ${config.topics.depth} are ${ms(arrival)} old when they come; this node takes ${ms(own)}. Look after the camera's driver, its exposure and queues, and the network; compare the clocks of the hosts.`;
        }
        const inference = stages.inference === undefined ? '' : ` (inference ${ms(stages.inference.p50)})`;
        return `Joints on ${config.topics.joints} are ${ms(age.p50)} old when they are published, ${ms(arrival)} of it when their images come${inference}. A smaller model, more threads or another provider: inference.model, inference.threads, inference.provider.`;
      },
    },
    {
      id: 'loop-late',
      level: 'warn',
      when: 'the main thread is late by more than 50 ms at the 99th percentile',
      find: ({ loopLag }) =>
        loopLag !== undefined && loopLag.p99 > LATE_LOOP
          ? `The main thread is late by ${ms(loopLag.p99)} (p99): images may be lost unnoticed. Give this process a processor of its own, or fewer trackers.`
          : undefined,
    },
  ],
  inference: [
    {
      id: 'inference-failed',
      level: 'error',
      when: 'the network was given up',
      find: ({ session: { inference, locating } }) => {
        const failed = [inference, ...Object.values(locating)].find((status) => status?.state === 'failed');
        return (
          failed &&
          `${failed.model.name}: ${failed.failure?.message ?? 'given up'}. Configure the node again, or see voxhand doctor.`
        );
      },
    },
    {
      id: 'inference-restarting',
      level: 'error',
      when: 'the worker of the network has died and is being started again',
      find: ({ session: { inference, locating } }) => {
        const restarting = [inference, ...Object.values(locating)].find((status) => status?.state === 'restarting');
        return (
          restarting &&
          `The worker of ${restarting.model.name} has died and is being started again (${restarting.restarts} times so far).`
        );
      },
    },
    {
      id: 'inference-restarted',
      level: 'warn',
      when: 'the worker was started again in the last seconds',
      find: ({ recent, session: { inference } }) =>
        recent.restarts > 0 && inference !== undefined
          ? `The worker of ${inference.model.name} had died and was started again; ${inference.lost} frames were lost with it so far. See the log for why, and voxhand doctor.`
          : undefined,
    },
    {
      id: 'fallback',
      level: 'warn',
      when: 'the network runs on another provider than was asked for',
      find: ({ session: { inference } }) =>
        inference?.fallbackReason === undefined
          ? undefined
          : `Asked for ${inference.providerRequested}, running on ${inference.providerActual}: ${inference.fallbackReason}. See voxhand doctor for what it needs.`,
    },
  ],
  output: [
    {
      id: 'sink-gone',
      level: 'error',
      when: 'a recording or another output has ended because it could not be written',
      find: ({ sinks }) => {
        const gone = sinks.find((sink) => sink.gone);
        return (
          gone &&
          `${gone.name} has stopped: ${gone.faults.at(-1)?.error.message ?? ''}. What was written before is there; everything else goes on.`
        );
      },
    },
    {
      id: 'topic-dead',
      level: 'error',
      when: 'an output topic could not be opened, for example for a message package that is not built',
      find: ({ sinks }) => {
        // of one that is gone, all topics are dead
        for (const { name, faults } of sinks.filter(({ gone }) => !gone)) {
          const fault = faults.find(({ dead }) => dead);
          if (fault !== undefined)
            return `Nothing goes out on ${fault.topic} (${name}): ${fault.error.message} [${fault.error.code}].`;
        }
        return undefined;
      },
    },
    {
      id: 'transform-missing',
      level: 'error',
      when: 'results cannot be published in the target frame',
      find: ({ config: { topics }, session: { transformProblem, lastFrame } }) =>
        transformProblem &&
        `${capital(transformProblem)}. Publish the place of ${lastFrame?.frameId ?? 'the camera'} on ${topics.tf} or ${topics.tfStatic}, or set output.target_frame.`,
    },
    {
      id: 'publish-failed',
      level: 'warn',
      when: 'messages could not be published',
      find: (facts) => {
        const own = recentFault(facts, facts.config.topics.joints, ...facts.recent.faults.map(({ cause }) => cause));
        const fault = facts.sinks.flatMap(({ faults, gone }) => (gone ? [] : faults)).at(-1);
        const text = own?.text ?? (fault === undefined ? undefined : `${fault.topic}: ${fault.error.message}`);
        return text && `Messages could not be published: ${text}.`;
      },
    },
    {
      id: 'bus-output',
      level: 'warn',
      when: 'the bus reports a problem with an output topic or with itself',
      find: ({ config: { topics }, events }) => {
        const event = events.findLast(({ topic }) => topic !== topics.depth && topic !== topics.cameraInfo);
        return event && sentence(event.text);
      },
    },
  ],
};

/** {@link RULES}, each with its part. */
export const NODE_RULES: readonly NodeRule[] = PARTS.flatMap((part) => RULES[part].map((rule) => ({ ...rule, part })));

/** The rules that apply, in the order of the table. */
export function findingsOf(facts: NodeFacts): Finding[] {
  return NODE_RULES.flatMap((rule) => {
    const text = rule.find(facts);
    return text === undefined ? [] : [{ rule, text: inWords(text) }];
  });
}

/** {@link NODE_RULES} as a Markdown table: part, level, when. */
export function ruleTable(): string {
  const rows = NODE_RULES.map(
    ({ id, part, level, when }) => `| ${part} | ${level.toUpperCase()} | \`${id}\` | ${when} |`,
  );
  return ['| part | level | rule | when |', '|---|---|---|---|', ...rows].join('\n');
}
