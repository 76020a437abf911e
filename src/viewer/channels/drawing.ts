import { transformPoints } from '../../geometry/transform.js';
import { MARKER, type MarkerMessage, type Point, type Pose } from '../../messages/generated.js';

/** Boxes and lines of a scene, in one frame. */
export interface Drawing {
  readonly frameId: string;
  /** Ends of lines, x, y, z in metres, two points a line. */
  readonly lines: Float32Array;
  /** Where each box is, metres, and how it is turned: x, y, z, w. */
  readonly boxes: readonly BoxPlace[];
}

export interface BoxPlace {
  readonly center: readonly [number, number, number];
  readonly turn: readonly [number, number, number, number];
}

interface Box {
  readonly pose: Pose;
  readonly size: Point;
}
interface Lines {
  readonly type: number;
  readonly pose: Pose;
  readonly points: readonly Point[];
}
interface Entity {
  readonly id: string;
  readonly frame_id: string;
  readonly cubes?: readonly Box[];
  readonly lines?: readonly Lines[];
}
interface SceneUpdate {
  readonly deletions?: readonly { readonly type: number; readonly id: string }[];
  readonly entities?: readonly Entity[];
}
type Marker = Pick<MarkerMessage, 'header' | 'ns' | 'id' | 'type' | 'action' | 'pose' | 'scale' | 'points'>;

const DELETE_ALL = 1;
const LINES = { strip: 0, loop: 1, list: 2 } as const;
const MAX_ENTITIES = 16;
const MAX_NUMBERS = 30_000;

/** What a channel of SceneUpdate or MarkerArray has drawn up to now: things are added and deleted by name. */
export class DrawingBoard {
  readonly #entities = new Map<string, Entity>();

  /** @returns what there is now; undefined: nothing */
  update(message: unknown): Drawing | undefined {
    const { markers } = message as { markers?: readonly Marker[] };
    if (markers === undefined) this.#change(message as SceneUpdate);
    for (const marker of markers ?? []) this.#mark(marker);
    return this.#drawing();
  }

  clear(): void {
    this.#entities.clear();
  }

  #change({ deletions = [], entities = [] }: SceneUpdate): void {
    for (const { type, id } of deletions) {
      if (type === DELETE_ALL) this.#entities.clear();
      else this.#entities.delete(id);
    }
    for (const entity of entities) this.#put(entity);
  }

  #mark({ header, ns, id, type, action, pose, scale, points }: Marker): void {
    const name = `${ns}/${id}`;
    if (action === MARKER.DELETEALL) this.#entities.clear();
    else if (action === MARKER.DELETE) this.#entities.delete(name);
    else {
      const kind = type === MARKER.LINE_STRIP ? LINES.strip : LINES.list;
      this.#put({
        id: name,
        frame_id: header.frame_id,
        cubes: type === MARKER.CUBE ? [{ pose, size: scale }] : [],
        lines: type === MARKER.LINE_STRIP || type === MARKER.LINE_LIST ? [{ type: kind, pose, points }] : [],
      });
    }
  }

  #put(entity: Entity): void {
    if (this.#entities.has(entity.id) || this.#entities.size < MAX_ENTITIES) this.#entities.set(entity.id, entity);
  }

  #drawing(): Drawing | undefined {
    const entities = [...this.#entities.values()];
    if (entities.length === 0) return undefined;
    const boxes = entities.flatMap(({ cubes = [] }) => cubes);
    const lines = entities.flatMap(({ lines: all = [] }) => all);
    // A box that comes with its edges as lines is drawn once.
    const bare = entities.filter((entity) => (entity.lines ?? []).length === 0).flatMap(({ cubes = [] }) => cubes);
    const points = [...bare.flatMap(boxEdges), ...lines.flatMap(lineEnds)].slice(0, MAX_NUMBERS);
    const things = boxes.length > 0 ? boxes : lines;
    return {
      frameId: entities[0].frame_id,
      lines: Float32Array.from(points),
      boxes: things.map(({ pose: { position, orientation } }) => ({
        center: [position.x, position.y, position.z],
        turn: [orientation.x, orientation.y, orientation.z, orientation.w],
      })),
    };
  }
}

/** The twelve edges of a box, as ends of lines. */
function boxEdges({ pose, size }: Box): number[] {
  const corners = Array.from({ length: 8 }, (_, corner) => ({
    x: (corner & 1 ? 0.5 : -0.5) * size.x,
    y: (corner & 2 ? 0.5 : -0.5) * size.y,
    z: (corner & 4 ? 0.5 : -0.5) * size.z,
  }));
  const ends = [1, 2, 4].flatMap((axis) => corners.flatMap((from, i) => (i & axis ? [] : [from, corners[i | axis]])));
  return placed(pose, ends);
}

function lineEnds({ type, pose, points }: Lines): number[] {
  const ends = points.slice(0, MAX_NUMBERS / 3);
  if (type === LINES.list) return placed(pose, ends.slice(0, ends.length & ~1));
  const next = type === LINES.loop ? [...ends.slice(1), ...ends.slice(0, 1)] : ends.slice(1);
  return placed(
    pose,
    next.flatMap((end, i) => [ends[i], end]),
  );
}

function placed({ position, orientation }: Pose, points: readonly Point[]): number[] {
  const { x, y, z } = position;
  const rotation = [orientation.x, orientation.y, orientation.z, orientation.w] as const;
  return Array.from(
    transformPoints(
      { translation: [x, y, z], rotation },
      points.flatMap((point) => [point.x, point.y, point.z]),
    ),
  );
}
