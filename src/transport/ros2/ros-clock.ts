import { guarded, type OnCallbackError } from './guard.js';
import { toRclQos } from './qos.js';
import { type RclNode, type RclSubscription, rclTypeClass } from './rcl.js';

const CLOCK_TYPE = rclTypeClass('rosgraph_msgs/msg/Clock');

/**
 * The ROS clock: the system's time, or that of `/clock` while time is simulated.
 *
 * rclnodejs has one too, but it asks for a reliable `/clock` and so never hears a best effort one, which is what
 * `ros2 bag play --clock` sends.
 */
export class RosClock {
  readonly #node: RclNode;
  readonly #onError: OnCallbackError;
  #subscription: RclSubscription | undefined;
  #simulated = 0n;

  constructor(node: RclNode, onError: OnCallbackError) {
    this.#node = node;
    this.#onError = onError;
  }

  get isSimulated(): boolean {
    return this.#subscription !== undefined;
  }

  /** Nanoseconds. Simulated time is 0 until `/clock` says something, and may jump backwards. */
  now(): bigint {
    return this.#subscription === undefined ? this.#node.getClock().now().nanoseconds : this.#simulated;
  }

  /** @throws Error where `/clock` cannot be subscribed to. */
  simulate(on: boolean): void {
    if (on === this.isSimulated) return;
    if (on) {
      this.#simulated = 0n;
      const qos = toRclQos({ profile: 'sensor_data', depth: 1, durability: 'volatile' });
      const callback = guarded('/clock', this.#onError, (message: unknown) => {
        this.#simulated = timeOf(message as Uint8Array);
      });
      this.#subscription = this.#node.createSubscription(CLOCK_TYPE, '/clock', { qos, isRaw: true }, callback);
    } else {
      this.close();
    }
  }

  /** The node must still be there. */
  close(): void {
    if (this.#subscription !== undefined) this.#node.destroySubscription(this.#subscription);
    this.#subscription = undefined;
  }
}

/** `rosgraph_msgs/msg/Clock` in CDR: a header of 4 bytes, then seconds and nanoseconds of 32 bits. */
function timeOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = view.getUint8(1) === 1;
  return BigInt(view.getInt32(4, littleEndian)) * 1_000_000_000n + BigInt(view.getUint32(8, littleEndian));
}
