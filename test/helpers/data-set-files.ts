import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import type { DepthFrame } from '../../src/depth/depth-frame.js';
import { encodePng16 } from '../../src/depth/png16.js';
import type { DataSet, DataSetName } from '../../src/evaluation/datasets/data-set.js';
import { DATA_SETS } from '../../src/evaluation/datasets/data-sets.js';
import type { HandJoints } from '../../src/hand/hand-joints.js';
import { JOINT_NAMES } from '../../src/hand/skeleton.js';
import { trackerConfig } from '../../src/tracking/config.js';
import { depthFrames } from '../../src/tracking/depth-frames.js';
import { withInputTopics } from '../../src/tracking/input-topics.js';
import { openMcap } from '../../src/transport/mcap/mcap-source.js';
import { readHands } from '../../src/transport/port/read-hands.js';

/** A joint on a whole pixel at a whole number of millimetres: what an image can show exactly. */
interface Spot {
  readonly u: number;
  readonly v: number;
  readonly mm: number;
}

/** Joints of a made-up frame in the order of the data set: another pixel and another depth for each. */
export function spots({ camera, joints }: DataSet, frame: number): Spot[] {
  return joints.map((_, j) => ({
    u: Math.round(camera.cx) + 20 * ((j % 6) - 3) + 2 * frame,
    v: Math.round(camera.cy) + 20 * (Math.floor(j / 6) - 2) + frame,
    mm: 400 + 10 * j + 3 * frame,
  }));
}

/** x right, y down, z forward, millimetres: written out here once more, and not taken from the code under test. */
function optical({ camera }: DataSet, { u, v, mm }: Spot): readonly [number, number, number] {
  return [((u - camera.cx) * mm) / camera.fx, ((v - camera.cy) * mm) / camera.fy, mm];
}

/** Depth in millimetres: at each joint's pixel its own, 20 mm more in a small square around it, nothing elsewhere. */
function paint(set: DataSet, frame: number): Uint16Array {
  const { width, height } = set.camera;
  const image = new Uint16Array(width * height);
  for (const { u, v, mm } of spots(set, frame)) {
    for (let y = v - 3; y <= v + 3; y++) image.fill(mm + 20, y * width + u - 3, y * width + u + 4);
    image[v * width + u] = mm;
  }
  return image;
}

function greyPng(set: DataSet, frame: number): Uint8Array {
  const { width, height } = set.camera;
  return encodePng16({ width, height, data: paint(set, frame) });
}

/** NYU's kind of image: red says nothing, depth is blue + 256 green. */
export function nyuPng(frame: number): Uint8Array {
  const { width, height } = DATA_SETS.nyu.camera;
  const data = new Uint8Array(3 * width * height);
  paint(DATA_SETS.nyu, frame).forEach((mm, i) => {
    data.set([i % 251, mm >> 8, mm & 255], 3 * i);
  });
  return encode({ width, height, data, channels: 3, depth: 8 });
}

/** MSRA's kind of image: the box around the joints. */
export function msraBin(frame: number): Buffer {
  const set = DATA_SETS.msra;
  const all = spots(set, frame);
  const [us, vs] = [all.map(({ u }) => u), all.map(({ v }) => v)];
  const box = [Math.min(...us) - 5, Math.min(...vs) - 5, Math.max(...us) + 6, Math.max(...vs) + 6];
  const [left, top, right, bottom] = box;
  const image = paint(set, frame);
  const bytes = Buffer.alloc(24 + 4 * (right - left) * (bottom - top));
  [320, 240, ...box].forEach((value, i) => {
    bytes.writeInt32LE(value, 4 * i);
  });
  let at = 24;
  for (let v = top; v < bottom; v++) {
    for (let u = left; u < right; u++, at += 4) bytes.writeFloatLE(image[320 * v + u], at);
  }
  return bytes;
}

/** 36 x (x y z) of NYU: the 14 in their places, the others somewhere. */
export function nyuNumbers(frame: number): number[] {
  const values = Array.from({ length: 108 }, (_, i) => 1000 + i);
  [1, 4, 7, 10, 13, 16, 19, 22, 25, 26, 28, 31, 32, 33].forEach((number, j) => {
    const [x, y, z] = optical(DATA_SETS.nyu, spots(DATA_SETS.nyu, frame)[j]);
    values.splice(3 * (number - 1), 3, x, -y, z);
  });
  return values;
}

/** Joints of a frame in millimetres, with signs as in the set's files. */
export function xyzOf(name: DataSetName, frame: number): number[] {
  const [sy, sz] = { msra: [-1, -1], nyu: [-1, 1], icvl: [1, 1], hands17: [1, 1], hands19: [1, 1], fphab: [1, 1] }[
    name
  ];
  return spots(DATA_SETS[name], frame).flatMap((spot) => {
    const [x, y, z] = optical(DATA_SETS[name], spot);
    return [x, sy * y, sz * z];
  });
}

export function uvdOf(name: DataSetName, frame: number): number[] {
  return spots(DATA_SETS[name], frame).flatMap(({ u, v, mm }) => [u, v, mm]);
}

/** `.npy` of float64 in C order. */
export function npy(
  shape: readonly number[],
  values: readonly number[],
  header: Partial<Record<string, string>> = {},
): Buffer {
  const { descr = '<f8', fortran = 'False' } = header;
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const padded = `${text.padEnd(117)}\n`;
  const data = descr === '<f4' ? Float32Array.from(values) : Float64Array.from(values);
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), Buffer.from(data.buffer)]);
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const lines = (count: number, line: (frame: number) => string) =>
  `${Array.from({ length: count }, (_, i) => line(i)).join('\n')}\n`;

/** Write a folder as the data set's own, of made-up frames. */
export async function writeDataSet(name: DataSetName, folder: string, frames: number): Promise<void> {
  const set = DATA_SETS[name];
  const number = (frame: number, digits: number) => String(frame).padStart(digits, '0');
  const at = (...path: string[]) => join(folder, ...path);
  switch (name) {
    case 'icvl': {
      const file = (frame: number) => `test_seq_1/image_${number(frame, 4)}.png`;
      for (let i = 0; i < frames; i++) await put(at('Depth', file(i)), greyPng(set, i));
      return put(
        at('labels.txt'),
        lines(
          frames,
          (i) =>
            `${file(i)} ${uvdOf(name, i)
              .map((x) => x.toFixed(3))
              .join(' ')} `,
        ),
      );
    }
    case 'nyu':
      for (let i = 0; i < frames; i++) await put(at(`depth_1_${number(i + 1, 7)}.png`), nyuPng(i));
      return put(
        at('joint_data.npy'),
        npy([frames, 36, 3], Array.from({ length: frames }, (_, i) => nyuNumbers(i)).flat()),
      );
    case 'msra':
      for (let i = 0; i < frames; i++) await put(at(`${number(i, 6)}_depth.bin`), msraBin(i));
      return put(
        at('joint.txt'),
        `${frames}\n${lines(frames, (i) =>
          xyzOf(name, i)
            .map((x) => x.toFixed(4))
            .join(' '),
        )}`,
      );
    case 'fphab':
      for (let i = 0; i < frames; i++) await put(at(`depth_${number(i, 4)}.png`), greyPng(set, i));
      return put(
        at('skeleton.txt'),
        lines(
          frames,
          (i) =>
            `${i} ${xyzOf(name, i)
              .map((x) => x.toFixed(4))
              .join(' ')}`,
        ),
      );
    case 'hands17':
    case 'hands19': {
      const file = (frame: number) => `image_D${number(frame + 1, 8)}.png`;
      const labels = name === 'hands17' ? 'Training_Annotation.txt' : 'training_joint_annotation.txt';
      for (let i = 0; i < frames; i++) await put(at('images', file(i)), greyPng(set, i));
      return put(
        at(labels),
        lines(
          frames,
          (i) =>
            `${file(i)}\t${xyzOf(name, i)
              .map((x) => x.toFixed(4))
              .join('\t')}`,
        ),
      );
    }
  }
}

/** What a recording holds: frames as the pipeline reads them, and the ground truth. */
export async function readBack(path: string): Promise<{ frames: DepthFrame[]; truth: HandJoints[] }> {
  const recording = await openMcap(path);
  const config = withInputTopics(trackerConfig(), recording.topics(), path);
  const frames: DepthFrame[] = [];
  const truth: HandJoints[] = [];
  for await (const frame of depthFrames(recording, config)) frames.push(frame);
  for await (const hand of readHands(recording, '/hand/truth')) truth.push(hand);
  await recording.close();
  return { frames, truth };
}

/**
 * How far the known joints of a recorded hand are from those of a made-up frame, millimetres, and how far the depth under
 * their pixels is from their own: the worst of each.
 */
export function disagreement(
  set: DataSet,
  frame: number,
  { depth, camera, width }: DepthFrame,
  { positions, confidences }: HandJoints,
): { readonly known: number; readonly jointMm: number; readonly depthMm: number; readonly pixels: number } {
  let [known, jointMm, depthMm, pixels] = [0, 0, 0, 0];
  const all = spots(set, frame);
  set.joints.forEach(({ ours }, j) => {
    if (ours === undefined) return;
    const at = JOINT_NAMES.indexOf(ours);
    const [x, y, z] = positions.subarray(3 * at, 3 * at + 3);
    const wanted = optical(set, all[j]);
    const [u, v] = [camera.cx + (camera.fx * x) / z, camera.cy + (camera.fy * y) / z];
    known += confidences[at] > 0 ? 1 : 0;
    jointMm = Math.max(jointMm, Math.hypot(1000 * x - wanted[0], 1000 * y - wanted[1], 1000 * z - wanted[2]));
    pixels = Math.max(pixels, Math.hypot(u - all[j].u, v - all[j].v));
    depthMm = Math.max(depthMm, 1000 * Math.abs(depth[Math.round(v) * width + Math.round(u)] - z));
  });
  return { known, jointMm, depthMm, pixels };
}
