import type { DepthFrame } from '../depth/depth-frame.js';
import { headerOf } from '../depth/depth-message.js';
import { transformPoints } from '../geometry/transform.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { matchHands, meanDistance } from '../hand/match-hands.js';
import type { HandDescriptionMessage, HandJointsMessage } from '../messages/generated.js';
import { fromHandJointsMessage } from '../messages/hand-joints-message.js';
import { fromTfMessage } from '../messages/transforms.js';
import { fromStamp } from '../timing/stamp.js';
import type { Channel } from '../transport/foxglove/protocol/index.js';
import type { CameraChannels } from './channels/cameras.js';
import { type Decoder, decoderFor } from './channels/decoder.js';
import { type Drawing, DrawingBoard } from './channels/drawing.js';
import { Inbox } from './channels/inbox.js';
import { cloudPoints } from './channels/point-cloud.js';
import type { Role, Roles } from './channels/roles.js';
import { DepthFeed } from './model/depth-feed.js';
import { FingertipTrails } from './model/fingertip-trails.js';
import { FrameTree } from './model/frame-tree.js';
import { type GestureEvent, GestureLog } from './model/gesture-log.js';
import { HandStore } from './model/hand-store.js';
import { History } from './model/history.js';
import { type PipelineReport, readReport } from './model/pipeline-report.js';
import { RateMeter } from './model/rate-meter.js';
import { Recent } from './model/recent.js';
import { MOST_VOXELS } from './scene/voxel-view.js';

/** What becomes of messages, for the page to show. */
export interface FeedEvents {
  /** @param camera its place among the cameras */
  depth(frame: DepthFrame, camera: number): void;
  cube(drawing: Drawing | undefined): void;
  voxels(points: Float32Array, frameId: string): void;
  /** A result of this moment; whether there are hands now. */
  result(time: bigint, tracked: boolean): void;
}

/** Messages of which only the newest matters: they are large, and each says all there is to say. */
const LATEST_ONLY: ReadonlySet<Role> = new Set(['depth', 'voxels']);

/** What a channel is for; of which camera, where it is one of a camera's. */
interface Use {
  readonly role: Role;
  readonly camera: number;
  readonly feed?: DepthFeed;
}

/** Hands of ground truth that are kept: some moments, for results that come later. */
const MOST_TRUTHS = 64;

/** Reads the messages of the channels that play a role into the page's state. A message that cannot be read is counted. */
export class Feeds {
  readonly hands = new HandStore();
  readonly trails = new FingertipTrails();
  /** Ground truth, to show what belongs to the newest result. */
  readonly truth = new Recent<HandJoints>(MOST_TRUTHS);
  readonly history = new History();
  readonly gestures = new GestureLog();
  readonly frames = new FrameTree();
  readonly rate = new RateMeter();
  report: PipelineReport | undefined;
  /** Nanoseconds, as the newest joints said it. */
  age = 0n;
  unreadable = 0;
  lastFault = '';
  readonly #events: FeedEvents;
  readonly #inbox = new Inbox();
  /** By the id of the channel of images. */
  readonly #depth = new Map<number, DepthFeed>();
  readonly #board = new DrawingBoard();
  #useOf: ReadonlyMap<number, Use> = new Map();
  /** The moment of which presence scores have come. */
  #scored: bigint | undefined;
  readonly #decoders = new Map<Channel, Decoder>();

  constructor(events: FeedEvents) {
    this.#events = events;
  }

  /** Images and clouds that a newer one replaced before they were shown. */
  get skipped(): number {
    return this.#inbox.replaced;
  }

  setRoles(roles: Roles, cameras: readonly CameraChannels[]): void {
    const uses = new Map<number, Use>([...roles].map(([role, { id }]) => [id, { role, camera: 0 }]));
    cameras.forEach(({ depth, camera: info }, camera) => {
      const feed = this.#depth.get(depth.id) ?? new DepthFeed();
      this.#depth.set(depth.id, feed);
      uses.set(depth.id, { role: 'depth', camera, feed });
      uses.set(info.id, { role: 'camera', camera, feed });
    });
    this.#useOf = uses;
    this.#decoders.clear();
  }

  /** @param now milliseconds on a clock that only goes forward */
  receive(channel: Channel, data: Uint8Array, time: bigint, now: number): void {
    const use = this.#useOf.get(channel.id);
    if (use === undefined) return;
    if (LATEST_ONLY.has(use.role)) this.#inbox.put({ channel, data, time });
    else this.#read(use, channel, data, time, now);
  }

  /** Read what has waited for the next picture. */
  drain(now: number): void {
    for (const { channel, data, time } of this.#inbox.take()) {
      const use = this.#useOf.get(channel.id);
      if (use !== undefined) this.#read(use, channel, data, time, now);
    }
  }

  /**
   * Time has jumped: what was there does not lead up to what comes. What waits to be shown stays: it may be from after
   * the jump, and a newer message replaces it in any case.
   */
  jump(): void {
    this.truth.clear();
    this.trails.clear();
    this.gestures.stop();
    this.rate.clear();
  }

  /** What came by this role is not asked for any more. */
  forget(role: Role): void {
    if (role === 'cube') this.#board.clear();
    else if (role === 'depth') for (const feed of this.#depth.values()) feed.clear();
    else if (role === 'diagnostics') this.report = undefined;
    else if (role === 'gestures') this.gestures.stop();
    else if (role === 'truth') this.truth.clear();
    else if (role === 'joints') {
      this.hands.clear();
      this.trails.clear();
    }
  }

  /** The server is gone, and all that it said with it. */
  clear(): void {
    this.#inbox.clear();
    this.#decoders.clear();
    this.#useOf = new Map();
    this.#depth.clear();
    this.#board.clear();
    this.hands.clear();
    this.trails.clear();
    this.truth.clear();
    this.gestures.clear();
    this.frames.clear();
    this.rate.clear();
    this.report = undefined;
    this.age = 0n;
  }

  /** A frame that could not even be parsed. */
  fault(error: unknown): void {
    this.unreadable++;
    this.lastFault = error instanceof Error ? error.message : String(error);
  }

  #read(use: Use, channel: Channel, data: Uint8Array, time: bigint, now: number): void {
    try {
      this.#take(use, channel, this.#decoder(channel)(data), time, now);
    } catch (error) {
      this.fault(error);
    }
  }

  #decoder(channel: Channel): Decoder {
    let decoder = this.#decoders.get(channel);
    if (decoder === undefined) {
      decoder = decoderFor(channel);
      this.#decoders.set(channel, decoder);
    }
    return decoder;
  }

  #take({ role, camera, feed }: Use, channel: Channel, message: unknown, time: bigint, now: number): void {
    switch (role) {
      case 'joints': {
        const hand = fromHandJointsMessage(message as HandJointsMessage);
        // several hands of one moment are one result
        if (hand.stamp !== this.hands.newest?.stamp) this.rate.tick(now);
        this.hands.put(hand, now);
        this.trails.put(hand);
        this.age = fromStamp((message as HandJointsMessage).age);
        if (!hand.tracked) this.gestures.stop(hand.handId);
        this.#noteResult(hand.stamp, time);
        this.#events.result(time, this.hands.hands.length > 0);
        break;
      }
      case 'truth': {
        const hand = fromHandJointsMessage(message as HandJointsMessage);
        this.truth.put(hand);
        this.#noteError(hand.stamp);
        break;
      }
      case 'descriptions':
        this.#noteScore(message as HandDescriptionMessage, time);
        break;
      case 'depth':
        this.#depthFrame(feed?.depth(channel.schemaName, message), camera);
        break;
      case 'camera':
        this.#depthFrame(feed?.camera(message), camera);
        break;
      case 'cube':
        this.#events.cube(this.#board.update(message));
        break;
      case 'voxels':
        this.#events.voxels(cloudPoints(message, MOST_VOXELS), headerOf(message).frameId);
        break;
      case 'gestures':
        this.gestures.put(message as GestureEvent);
        break;
      case 'diagnostics':
        this.report = readReport(message) ?? this.report;
        break;
      case 'transforms':
      case 'staticTransforms':
        for (const pose of fromTfMessage(message)) this.frames.set(pose);
        break;
    }
  }

  #noteResult(stamp: bigint, time: bigint): void {
    const moment = this.history.at(stamp, time);
    if (stamp !== this.#scored) moment.presence = this.hands.hands.length > 0 ? 1 : 0;
    const latency = this.age > 0n ? Number(this.age) / 1e6 : this.report?.age?.p50;
    if (latency !== undefined) moment.latency = latency;
    this.#noteError(stamp);
  }

  #noteScore({ header, presence }: HandDescriptionMessage, time: bigint): void {
    if (!(presence >= 0)) return;
    const stamp = fromStamp(header.stamp);
    const moment = this.history.at(stamp, time);
    const others = this.#scored === stamp ? (moment.presence ?? 1) : 1;
    moment.presence = Math.min(presence, others);
    this.#scored = stamp;
  }

  /** Where both the hands and the truth of a moment are there. */
  #noteError(stamp: bigint): void {
    const moment = this.history.find(stamp);
    const hands = this.hands.hands.filter((hand) => hand.stamp === stamp);
    if (moment === undefined || hands.length === 0) return;
    const truths = this.truth.at(stamp).filter(({ tracked }) => tracked);
    const inFrame = truths.map(({ frameId, positions }) => {
      const transform = this.frames.between(frameId, hands[0].frameId);
      return { positions: transform === undefined ? positions : transformPoints(transform, positions) };
    });
    const errors = matchHands(hands, inFrame).flatMap(([hand, truth]) =>
      hand === undefined || truth === undefined ? [] : [meanDistance(hand.positions, truth.positions)],
    );
    if (errors.length > 0) moment.error = (1000 * errors.reduce((sum, error) => sum + error)) / errors.length;
  }

  #depthFrame(frame: DepthFrame | undefined, camera: number): void {
    if (frame !== undefined) this.#events.depth(frame, camera);
  }
}
