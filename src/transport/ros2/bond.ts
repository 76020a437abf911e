import { randomUUID } from 'node:crypto';
import { cdrCodecFromText } from '../../messages/index.js';
import { toStamp } from '../../timing/index.js';
import type { Dispose } from './host.js';

/** Of the package `bond`, by which a lifecycle manager sees that a node is alive. */
const STATUS = `std_msgs/Header header
string id
string instance_id
bool active
float32 heartbeat_timeout
float32 heartbeat_period
================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
`;

/** `bond/msg/Status` */
export interface BondStatus {
  readonly header: { readonly stamp: ReturnType<typeof toStamp>; readonly frame_id: string };
  /** The same at both ends: the node's name. */
  readonly id: string;
  /** Of one end. */
  readonly instance_id: string;
  /** False: this end has left. */
  readonly active: boolean;
  /** Seconds, both. */
  readonly heartbeat_timeout: number;
  readonly heartbeat_period: number;
}

export const bondStatusCodec = () => cdrCodecFromText('bond/msg/Status', STATUS);

/** What both ends of nav2's bonds wait for a heartbeat, seconds. */
const TIMEOUT = 4;

/**
 * Be the node's end of a bond until it is disposed of: say every `period` seconds that it is alive, and at last that it leaves. What
 * becomes of the other end is nothing to the node, as with the nodes of nav2.
 *
 * @param now the node's time, nanoseconds.
 */
export function holdBond(
  { id, period, now }: { readonly id: string; readonly period: number; readonly now: () => bigint },
  send: (status: BondStatus) => void,
): Dispose {
  const instance = randomUUID();
  const say = (active: boolean) =>
    send({
      header: { stamp: toStamp(now()), frame_id: '' },
      id,
      instance_id: instance,
      active,
      heartbeat_timeout: TIMEOUT,
      heartbeat_period: period,
    });
  say(true);
  const timer = setInterval(() => say(true), period * 1000).unref();
  let isHeld = true;
  return () => {
    clearInterval(timer);
    if (isHeld) say(false);
    isHeld = false;
  };
}
