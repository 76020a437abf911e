import { parentPort } from 'node:worker_threads';
import type { CameraModel } from '../../depth/index.js';
import { toVoxhandError } from '../../errors/index.js';
import type { ViewReply, ViewRequest } from './depth-view-encoder.js';
import { type DepthViews, depthViews } from './depth-views.js';

/** The other thread of `workerEncoder`. */
let camera: CameraModel | undefined;

parentPort?.on('message', ({ id, frame, wanted, camera: newCamera }: ViewRequest) => {
  camera = newCamera ?? camera;
  let reply: ViewReply;
  try {
    reply = { id, views: depthViews({ ...frame, camera: camera as CameraModel }, wanted) };
  } catch (thrown) {
    reply = { id, error: toVoxhandError(thrown).toJSON() };
  }
  parentPort?.postMessage(reply, 'views' in reply ? buffersOf(reply.views) : []);
});

function buffersOf(views: DepthViews): ArrayBuffer[] {
  return Object.values(views).map((view: Uint8Array | Float32Array) => view.buffer as ArrayBuffer);
}
