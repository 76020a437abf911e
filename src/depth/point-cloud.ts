import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';
import type { CameraModel } from './depth-frame.js';
import { checkedPixelCount, DEFAULT_LIMITS, type DecodeLimits, type DepthImage } from './depth-image.js';

/** The fields of sensor_msgs/PointCloud2 that we read. */
export interface PointCloud {
  /** 1 for a cloud that is no image. */
  readonly height: number;
  readonly width: number;
  readonly fields: readonly PointCloudField[];
  readonly is_bigendian?: boolean | number;
  /** Bytes from one point to the next, and from one row to the next. */
  readonly point_step: number;
  readonly row_step: number;
  readonly data: Uint8Array;
}

export interface PointCloudField {
  readonly name: string;
  /** Bytes from the point's start. */
  readonly offset: number;
  /** sensor_msgs/PointField: 7 is FLOAT32, 8 is FLOAT64. */
  readonly datatype: number;
}

/** Schemas that {@link depthOfCloud} reads. */
export const CLOUD_SCHEMAS: readonly string[] = ['sensor_msgs/PointCloud2'];

const [FLOAT32, FLOAT64] = [7, 8];
/** What a cloud that says nothing about its camera is looked at with: 68 x 53 degrees, about a point for each pixel of a hand. */
const VIRTUAL: CameraModel = { width: 320, height: 240, fx: 238, fy: 238, cx: 159.5, cy: 119.5 };
/** Of an organised cloud, by how many pixels its points may lie beside where a pinhole camera has them, root mean square. */
const MOST_OFF = 1;
/** Points that intrinsics are fitted to, at least. */
const FEWEST = 50;

/**
 * A point cloud as the depth image that a camera would have taken: of several points in one pixel the nearest counts.
 *
 * The points must be in the camera's optical frame (x right, y down, z forward). An organised cloud of the camera's size is taken pixel by
 * pixel; any other is projected. Points that are not finite or not in front of the camera are left out.
 *
 * @throws VoxhandError `DEPTH_FORMAT` for a cloud without x, y and z as floats; `DEPTH_SIZE` where sizes, steps and data do not fit together
 * or exceed the limit
 */
export function depthOfCloud(
  cloud: PointCloud,
  camera: CameraModel,
  limits: DecodeLimits = DEFAULT_LIMITS,
): DepthImage {
  const read = pointReader(cloud, limits);
  const { width, height, fx, fy, cx, cy } = camera;
  const depth = new Float32Array(width * height);
  const organised = isOrganised(cloud) && cloud.width === width && cloud.height === height;
  for (let i = 0; i < cloud.width * cloud.height; i++) {
    const z = read.z(i);
    if (!(z > 0 && z < Infinity)) continue;
    if (organised) {
      depth[i] = z;
      continue;
    }
    const u = Math.round((fx * read.x(i)) / z + cx);
    const v = Math.round((fy * read.y(i)) / z + cy);
    if (!(u >= 0 && u < width && v >= 0 && v < height)) continue;
    const pixel = v * width + u;
    if (depth[pixel] === 0 || z < depth[pixel]) depth[pixel] = z;
  }
  return { width, height, depth };
}

/**
 * The camera of a cloud that comes without camera info: of an organised one the pinhole camera whose pixels its points are, by least squares;
 * of any other one a camera of 320 x 240 pixels with the field of view of common depth cameras.
 *
 * @throws VoxhandError as {@link depthOfCloud}
 */
export function cameraOfCloud(cloud: PointCloud, limits: DecodeLimits = DEFAULT_LIMITS): CameraModel {
  const read = pointReader(cloud, limits);
  if (!isOrganised(cloud)) return VIRTUAL;
  const { width, height } = cloud;
  const [across, down] = [new Line(), new Line()];
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const i = v * width + u;
      const z = read.z(i);
      if (!(z > 0 && z < Infinity)) continue;
      across.add(read.x(i) / z, u);
      down.add(read.y(i) / z, v);
    }
  }
  const [x, y] = [across.fit(), down.fit()];
  if (x === undefined || y === undefined) return VIRTUAL;
  return { width, height, fx: x.slope, fy: y.slope, cx: x.at0, cy: y.at0 };
}

function isOrganised({ width, height }: PointCloud): boolean {
  return height > 1 && width > 1;
}

/** A line through points, by least squares. */
class Line {
  #n = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #xy = 0;
  #yy = 0;

  add(x: number, y: number): void {
    if (!Number.isFinite(x)) return;
    this.#n++;
    this.#x += x;
    this.#y += y;
    this.#xx += x * x;
    this.#xy += x * y;
    this.#yy += y * y;
  }

  /** Undefined where the points are too few, or on no rising line. */
  fit(): { readonly slope: number; readonly at0: number } | undefined {
    const n = this.#n;
    const spread = this.#xx - this.#x ** 2 / n;
    if (n < FEWEST || !(spread > 0)) return undefined;
    const slope = (this.#xy - (this.#x * this.#y) / n) / spread;
    const rest = this.#yy - this.#y ** 2 / n - slope ** 2 * spread;
    if (!(slope > 0) || rest / n > MOST_OFF ** 2) return undefined;
    return { slope, at0: (this.#y - slope * this.#x) / n };
  }
}

function pointReader(cloud: PointCloud, limits: DecodeLimits) {
  const { width, height, point_step: step, row_step: row, data, fields } = cloud;
  checkedPixelCount(width, height, limits, 'width, height');
  const offsets = ['x', 'y', 'z'].map((name) => {
    const field = Array.isArray(fields) ? fields.find((one: PointCloudField) => one.name === name) : undefined;
    if (field !== undefined && (field.datatype === FLOAT32 || field.datatype === FLOAT64)) return field;
    throw new VoxhandError('DEPTH_FORMAT', 'not a point cloud that can be read', {
      expected: 'fields x, y and z of FLOAT32 or FLOAT64',
      found: Array.isArray(fields)
        ? fields.map((one: PointCloudField) => `${one.name} (${one.datatype})`).join(', ')
        : shown(fields),
      where: 'fields',
    });
  });
  const needed = Math.max(...offsets.map(({ offset, datatype }) => offset + (datatype === FLOAT64 ? 8 : 4)));
  const inPoint =
    Number.isInteger(step) && step >= needed && offsets.every(({ offset }) => Number.isInteger(offset) && offset >= 0);
  // a cloud in one row needs no row step, and some leave it out
  const rowStep = height === 1 ? step * width : row;
  if (!inPoint || !Number.isInteger(rowStep) || rowStep < step * width) {
    throw new VoxhandError('DEPTH_SIZE', 'steps of a point cloud that cannot be', {
      expected: `point_step >= ${needed}, row_step >= point_step * ${width}`,
      found: `point_step ${shown(step)}, row_step ${shown(row)}`,
      where: 'point_step, row_step',
    });
  }
  const bytes = rowStep * (height - 1) + step * width;
  if (!(data instanceof Uint8Array) || data.length < bytes) {
    throw new VoxhandError('DEPTH_SIZE', 'point cloud data is too short', {
      expected: `${bytes} bytes for ${width} x ${height} points`,
      found: data instanceof Uint8Array ? `${data.length} bytes` : `no Uint8Array but ${typeof data}`,
      where: 'data',
    });
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const little = !cloud.is_bigendian;
  const [x, y, z] = offsets.map(({ offset, datatype }) => {
    const at = (i: number) => Math.floor(i / width) * rowStep + (i % width) * step + offset;
    return datatype === FLOAT64
      ? (i: number) => view.getFloat64(at(i), little)
      : (i: number) => view.getFloat32(at(i), little);
  });
  return { x, y, z };
}
