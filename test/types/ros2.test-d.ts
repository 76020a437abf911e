/** The types of `voxhand/ros2`. Checked by `npm run typecheck`; nothing here runs. */
import { expectTypeOf } from 'vitest';
import type { LiveBus, TrackerConfig } from '../../src/index.js';
import {
  checkRos2Environment,
  DEFAULT_QOS,
  hostedNode,
  type NodeNames,
  type Ros2Bus,
  type Ros2BusOptions,
  type Ros2Environment,
  ros2Bus,
  ros2BusOptions,
  rosNames,
  type TopicQos,
  TrackerNode,
} from '../../src/ros2.js';

declare const config: TrackerConfig;

const bus = await ros2Bus({ node: 'hands', rosArguments: process.argv });
expectTypeOf(bus).toEqualTypeOf<Ros2Bus>();
expectTypeOf(bus).toExtend<LiveBus>();
expectTypeOf(ros2BusOptions).parameter(0).toEqualTypeOf<TrackerConfig>();
expectTypeOf(ros2BusOptions).returns.toExtend<Ros2BusOptions>();
expectTypeOf(checkRos2Environment()).toEqualTypeOf<Ros2Environment>();
expectTypeOf(rosNames(process.argv, { name: 'a', namespace: '/' })).toEqualTypeOf<NodeNames>();
expectTypeOf(DEFAULT_QOS.input).toEqualTypeOf<TopicQos>();

const node = new TrackerNode({ bus, config });
expectTypeOf(node.start).returns.resolves.not.toBeAny();
expectTypeOf(node.close).returns.resolves.toBeVoid();
expectTypeOf(hostedNode).returns.toEqualTypeOf<TrackerNode>();
