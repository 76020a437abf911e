import type { TopicQos } from './qos.js';
import type { RclRuntime } from './rcl.js';

export interface Ros2BusOptions {
  /** The node's name unless `rosArguments` say otherwise; `voxhand` by default. */
  readonly node?: string;
  /** Its namespace unless `rosArguments` say otherwise; `/` by default. */
  readonly namespace?: string;
  /**
   * A command line with `--ros-args` in it: remap rules, parameters, logging. What is not between `--ros-args` and `--` is
   * left alone, so `process.argv` will do.
   */
  readonly rosArguments?: readonly string[];
  /** Take the time from `/clock`; by default what the parameter `use_sim_time` in `rosArguments` says, else false. */
  readonly useSimTime?: boolean;
  /**
   * Quality of service by topic, names as they are subscribed to and advertised. By default input asks for
   * what all its publishers offer, and output is reliable.
   */
  readonly qos?: Readonly<Record<string, TopicQos>>;
  /**
   * Types that will do, by topic, the likeliest first. Such a topic is subscribed to at once; another one when the graph
   * knows its type.
   */
  readonly types?: Readonly<Record<string, readonly string[]>>;
  /** Topics of which only the newest message waits: one that is replaced is counted as `replaced`. */
  readonly latest?: readonly string[];
  /** Messages that wait on any other topic, for each subscription; then the oldest is dropped as `queue-full`. Default 64. */
  readonly capacity?: number;
  /** Topics that should never be silent; by default all whose durability is volatile. */
  readonly steady?: readonly string[];
  /** Seconds without a message after which silence on a steady topic is explained; 2 by default, 0 for never. */
  readonly silenceAfter?: number;
  /** Seconds between two looks at the graph; 0.25 by default. */
  readonly watchPeriod?: number;
  /** Where a message package is not built: `refuse` to advertise (the default), or `skip` the topic and tell by an event. */
  readonly missingMessages?: 'refuse' | 'skip';
  /** How a configuration calls topics, for remedies in events: `depth` for what `topics.depth` and `qos.depth` set. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where rclnodejs comes from; for tests. */
  readonly load?: () => Promise<RclRuntime>;
}
