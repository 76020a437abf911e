/** The fields that sensor_msgs/PointCloud2 and foxglove.PointCloud share in kind, if not in name. */
interface CloudMessage {
  readonly fields: readonly {
    readonly name: string;
    readonly offset: number;
    readonly datatype?: number;
    readonly type?: number;
  }[];
  readonly point_step?: number;
  readonly point_stride?: number;
  readonly is_bigendian?: boolean;
  readonly data: Uint8Array;
}

/** FLOAT32 as ROS and as Foxglove number it. */
const FLOAT32 = 7;

/**
 * The points of a cloud, x, y, z in metres, at most `most` of them: evenly left out where there are more.
 *
 * @throws RangeError for a cloud whose fields do not lie within its points, or are no float32.
 */
export function cloudPoints(message: unknown, most: number): Float32Array {
  const { fields, point_step, point_stride = point_step ?? 0, is_bigendian = false, data } = message as CloudMessage;
  const offsets = ['x', 'y', 'z'].map((name) => {
    const field = fields.find((f) => f.name === name);
    if (field === undefined || (field.datatype ?? field.type) !== FLOAT32)
      throw new RangeError(`no float32 field ${name}`);
    if (!(field.offset >= 0 && field.offset + 4 <= point_stride))
      throw new RangeError(`field ${name} outside its point`);
    return field.offset;
  });
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = Math.floor(data.byteLength / point_stride);
  const step = Math.max(1, Math.ceil(count / most));
  const points = new Float32Array(Math.ceil(count / step) * 3);
  for (let i = 0, to = 0; i < count; i += step) {
    for (const offset of offsets) points[to++] = view.getFloat32(i * point_stride + offset, !is_bigendian);
  }
  return points;
}
