/** The types of `voxhand/foxglove`. Checked by `npm run typecheck`; nothing here runs. */
import type { Server } from 'node:http';
import { expectTypeOf } from 'vitest';
import {
  connectFoxglove,
  createFoxgloveServer,
  DEFAULT_ORIGINS,
  type FoxgloveServer,
  type FoxgloveSource,
  inlineEncoder,
  ViewerPublisher,
  viewerTopics,
  workerEncoder,
} from '../../src/foxglove.js';
import type { BusSink, DepthFrame, LiveBus, TrackerConfig, TrackResult } from '../../src/index.js';

declare const config: TrackerConfig;
declare const http: Server;

const server = await createFoxgloveServer({ port: 0, origins: [...DEFAULT_ORIGINS] });
expectTypeOf(server).toEqualTypeOf<FoxgloveServer>();
expectTypeOf(server).toExtend<BusSink>();
expectTypeOf(server.urls.socket).toBeString();
expectTypeOf(createFoxgloveServer).toBeCallableWith({ server: http, path: '/hands', token: '0123456789abcdef' });

const source = await connectFoxglove('ws://robot:8765');
expectTypeOf(source).toEqualTypeOf<FoxgloveSource>();
expectTypeOf(source).toExtend<LiveBus>();

const viewer = new ViewerPublisher(server, config, { encoder: workerEncoder() });
expectTypeOf(viewer.publish).toBeCallableWith({} as DepthFrame, [] as TrackResult[]);
expectTypeOf(new ViewerPublisher(server, config, { encoder: inlineEncoder() })).toEqualTypeOf<ViewerPublisher>();
expectTypeOf(viewerTopics).returns.not.toBeAny();
