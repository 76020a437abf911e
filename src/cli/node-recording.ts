import { createHash } from 'node:crypto';
import { toVoxhandError, VoxhandError } from '../errors/index.js';
import { type NodeLog, type NodeObserver, recordingOutput } from '../node/index.js';
import type { RecordingReport, RecordingSink } from '../recording/index.js';
import { createRecordingSink, snapshotService, WANTED_ENDS } from '../recording/index.js';
import { formatConfig, type TrackerConfig } from '../tracking/index.js';
import { modelProvenance } from '../transport/mcap/index.js';
import type { BusSink, LiveBus } from '../transport/port/index.js';
import { VERSION } from '../version.js';
import type { OpenedBus } from './live-bus.js';
import { type RecordingValues, reasonsByName, recordingOptions } from './recording-options.js';
import { describeEnd, describePart, describeSnapshot } from './recording-text.js';

export interface NodeRecordingOptions {
  readonly path: string;
  readonly values: RecordingValues;
  /** The trackers' buses: their configurations become metadata, their topics tell reasons for a snapshot. */
  readonly opened: readonly OpenedBus[];
  /** Of the trackers; the facts of each have its name in front of it where there are several. */
  readonly names: readonly string[];
  readonly log: NodeLog;
}

/**
 * Start what `voxhand run --record` writes.
 *
 * @throws VoxhandError `USAGE`, `WRITE_FAILED`
 */
export async function openNodeRecording(options: NodeRecordingOptions): Promise<NodeRecording> {
  const { path, values, opened, names, log } = options;
  const configs = opened.map(({ config }) => config);
  const gestures = configs.map(({ topics }) => topics.gestures);
  const reasons = reasonsByName(values);
  checkNames(reasons);
  const recording = await createRecordingSink(path, {
    ...recordingOptions(values, { hands: configs.map(({ topics }) => topics.joints), gestures }),
    library: `voxhand ${VERSION}`,
    metadata: {
      sdk: `voxhand ${VERSION}`,
      ...configurationFacts(configs),
    },
    onPart: (part) => {
      // the only file of a recording is finished with it, and listed in the report
      if (part.reason !== undefined) log('info', describePart(part));
    },
    onSnapshot: (outcome, reason) => {
      const wrong = describeSnapshot(outcome, reason);
      if (wrong !== undefined) log('warn', wrong);
    },
    onEnd: (end) => {
      // one that was not asked for is a finding of the node
      if (WANTED_ENDS.includes(end.reason)) log('info', `the recording has ended: ${describeEnd(end, '--record-')}`);
    },
  });
  const nodes = names.map((name, i) => ({ name, config: configs[i] }));
  const node = new NodeRecording(path, recording, nodes, values.snapshot !== undefined, log);
  // what the nodes neither hear nor say themselves
  const known = new Set(configs.flatMap(({ topics }) => Object.values(topics)));
  node.follow(
    opened[0].bus,
    reasons.filter((name) => !known.has(name)),
  );
  if (values.snapshotOn?.includes('gesture')) {
    for (const { bus, config } of opened) node.follow(bus, [config.topics.gestures]);
  }
  return node;
}

/** The recording of a running node, or of several in one process. */
export class NodeRecording {
  /** Where incoming messages go. */
  readonly input: BusSink;
  /** Where results go: says when the disk has ended the recording. */
  readonly output: BusSink;
  /** Of a recording with a ring: what `~/snapshot` does. */
  readonly service: (() => Promise<string>) | undefined;
  readonly #path: string;
  readonly #recording: RecordingSink;
  readonly #log: NodeLog;
  readonly #nodes: RecordedNode[];
  readonly #onSignal = () => void this.#recording.snapshot('SIGUSR1');

  /** Use {@link openNodeRecording}. */
  constructor(path: string, recording: RecordingSink, nodes: readonly RecordedNode[], hasRing: boolean, log: NodeLog) {
    this.#path = path;
    this.#recording = recording;
    this.#nodes = nodes.map((node) => ({ ...node }));
    this.#log = log;
    this.input = recording;
    this.output = recordingOutput(recording);
    this.service = hasRing ? snapshotService(recording) : undefined;
    if (hasRing) process.on('SIGUSR1', this.#onSignal);
  }

  /** Says in the recording what one of its nodes runs with, which is known, or changes, when the recording has begun. */
  observer(index: number): NodeObserver {
    const node = this.#nodes[index];
    return {
      onConfigured: (config, inference) => {
        node.config = config;
        const network = inference === undefined ? {} : modelProvenance(inference);
        const prefix = this.#nodes.length === 1 ? '' : `${node.name}.`;
        const facts = Object.entries(network).map(([key, value]) => [`${prefix}${key}`, value]);
        const configs = this.#nodes.map((each) => each.config);
        this.#recording.describe({ ...configurationFacts(configs), ...Object.fromEntries(facts) });
      },
    };
  }

  /** Record topics for the sake of the reasons in them. */
  follow(bus: LiveBus, topics: readonly string[]): void {
    for (const topic of topics) {
      this.#pump(bus, topic).catch((error: unknown) => {
        this.#log('warn', `no snapshot will come of ${topic}: ${toVoxhandError(error).message}`);
      });
    }
  }

  /** The nodes are about to end: that a hand is taken back now is no reason for a snapshot. */
  disarm(): void {
    this.#recording.disarm();
  }

  async finish(): Promise<{ readonly path: string; readonly report: RecordingReport }> {
    process.off('SIGUSR1', this.#onSignal);
    return { path: this.#path, report: await this.#recording.finish() };
  }

  async #pump(bus: LiveBus, topic: string): Promise<void> {
    for await (const message of bus.subscribe([topic])) await this.input.write(message);
  }
}

interface RecordedNode {
  readonly name: string;
  config: TrackerConfig;
}

function configurationFacts(configs: readonly TrackerConfig[]): Record<string, string> {
  const configuration = configs.map((config) => formatConfig(config)).join('---\n');
  return { configuration, configuration_sha256: createHash('sha256').update(configuration).digest('hex') };
}

/** A subscription takes names. */
function checkNames(names: readonly string[]): void {
  const pattern = names.find((name) => /[*?]/.test(name));
  if (pattern === undefined) return;
  throw new VoxhandError('USAGE', 'a pattern cannot be subscribed to', {
    expected: 'lost-hand, gesture, or the name of a topic',
    found: pattern,
    where: '--record-snapshot-on',
  });
}
