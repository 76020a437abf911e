import type { DurationSummary } from '../../timing/index.js';
import type { CountsSnapshot, OutputFacts } from '../../tracking/index.js';
import { ServedCamera, type ServedCameraOptions } from './served-camera.js';

/** A camera that has been silent for longer than this may have to make room for another one, seconds. */
const FORGOTTEN_AFTER = 600;
/** A batch waits for cameras that have sent something within this, seconds. */
const ACTIVE_WITHIN = 0.5;

export interface ServedCameraStatus {
  readonly name: string;
  /** Of messages of voxels. */
  readonly counts: CountsSnapshot;
  /** Results that went out, those included that take a hand back. */
  readonly published: number;
  /** Results that did not go out, by cause: `stale`, about a hand of long ago; `reset`; `unpublishable`. */
  readonly withheld: Readonly<Record<string, number>>;
  /** Seconds since its last message. */
  readonly silence: number;
  /** Whether a hand was said to be there and has not been taken back. */
  readonly hand: boolean;
  /** From a result's stamp to its publication, on the bus's clock, where that is known, and how long publishing took: seconds. */
  readonly age: DurationSummary | undefined;
  readonly publishing: DurationSummary | undefined;
  /** What is wrong with it at the moment, in words. */
  readonly problem?: string;
}

/** The cameras that one inference role serves: a bounded number, told apart by name. */
export class CameraRegistry {
  readonly #options: Omit<ServedCameraOptions, 'name'>;
  readonly #cameras = new Map<string, ServedCamera>();

  constructor(options: Omit<ServedCameraOptions, 'name'>) {
    this.#options = options;
  }

  get size(): number {
    return this.#cameras.size;
  }

  all(): ServedCamera[] {
    return [...this.#cameras.values()];
  }

  get(name: string): ServedCamera | undefined {
    return this.#cameras.get(name);
  }

  /** Those that are at work: a batch is worth waiting for them. */
  active(): number {
    const now = this.#options.timers.seconds();
    return this.all().filter(({ lastSeen }) => now - lastSeen < ACTIVE_WITHIN).length;
  }

  /** One more camera, perhaps in the place of one that has been gone for long; undefined where there is no room. */
  open(name: string): ServedCamera | undefined {
    if (this.#cameras.size >= this.#options.config.distribution.maxCameras) {
      const now = this.#options.timers.seconds();
      const gone = this.all().find(
        ({ lastSeen, waiting }) => waiting === undefined && now - lastSeen > FORGOTTEN_AFTER,
      );
      if (gone === undefined) return undefined;
      this.#cameras.delete(gone.name);
      gone.end().catch(() => undefined);
    }
    const camera = new ServedCamera({ ...this.#options, name });
    this.#cameras.set(name, camera);
    return camera;
  }

  status(): readonly ServedCameraStatus[] {
    const now = this.#options.timers.seconds();
    return this.all().map((camera) => ({
      name: camera.name,
      counts: camera.counters.snapshot(),
      silence: now - camera.lastSeen,
      ...ofOutput(camera.output()),
      ...(camera.problem !== undefined && { problem: camera.problem }),
    }));
  }
}

function ofOutput({ sent, withheld, hand, age, publishing }: OutputFacts) {
  return { published: sent, withheld, hand, age, publishing };
}
