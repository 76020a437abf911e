import type { FramePose } from '../model/frame-tree.js';

interface Xyz {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}
interface Xyzw extends Xyz {
  readonly w: number;
}
interface RosTransform {
  readonly header: { readonly frame_id: string };
  readonly child_frame_id: string;
  readonly transform: { readonly translation: Xyz; readonly rotation: Xyzw };
}
interface FoxgloveTransform {
  readonly parent_frame_id: string;
  readonly child_frame_id: string;
  readonly translation: Xyz;
  readonly rotation: Xyzw;
}

/** The poses in a decoded `tf2_msgs/TFMessage`, `foxglove.FrameTransform` or `foxglove.FrameTransforms`. */
export function framePoses(message: unknown): FramePose[] {
  const { transforms } = message as { transforms?: readonly (RosTransform | FoxgloveTransform)[] };
  return (transforms ?? [message as FoxgloveTransform]).map((one) =>
    'transform' in one
      ? pose(one.header.frame_id, one.child_frame_id, one.transform.translation, one.transform.rotation)
      : pose(one.parent_frame_id, one.child_frame_id, one.translation, one.rotation),
  );
}

function pose(parent: string, child: string, t: Xyz, r: Xyzw): FramePose {
  return { parent, child, transform: { translation: [t.x, t.y, t.z], rotation: [r.x, r.y, r.z, r.w] } };
}
