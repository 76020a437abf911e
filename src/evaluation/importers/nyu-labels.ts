import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import { readBounded } from '../../transport/port/files.js';
import { toMetres } from '../datasets/coordinates.js';
import { DATA_SETS, NYU_ANNOTATED_JOINTS, NYU_COMPARED_JOINTS } from '../datasets/data-sets.js';
import { MAX_LINE_LENGTH, parsePoseLine } from '../datasets/pose-line.js';
import { readTextLines } from '../text-lines.js';
import { parseNpy } from './npy.js';
import type { Label } from './pose-labels.js';

/** The training part's three views in float64 are 189 MB. */
const MAX_NPY_BYTES = 256 << 20;

const NUMBERS = 3 * NYU_ANNOTATED_JOINTS;

/** How to make what we read of what the data set has. */
export const NYU_EXPORT_HINT =
  "export it with SciPy: python3 -c \"import numpy, scipy.io; numpy.save('joint_data.npy', scipy.io.loadmat('joint_data.mat')['joint_xyz'][0])\"";

/**
 * Joints of NYU's frames by the number in the image's name (from 1), from an export of `joint_xyz`:
 *
 * - `.npy`: float32 or float64 of shape (frames, 36, 3) or (frames, 108), or (views, frames, 36, 3), of which the first view
 *   is taken;
 * - text or CSV: one line per frame, 108 numbers x1 y1 z1 ... x36 y36 z36; lines that begin with `#` are left out.
 *
 * Millimetres, x right, y up, z forward, as they are in the data set.
 *
 * @throws VoxhandError `FILE_INVALID` for a MATLAB file and for an array of another shape; `FILE_NOT_FOUND`
 */
export async function readNyuLabels(path: string): Promise<Map<number, Label>> {
  if (/\.mat$/i.test(path)) {
    throw new VoxhandError('FILE_INVALID', 'MATLAB files are not read', {
      expected: `.npy, .txt or .csv; ${NYU_EXPORT_HINT}`,
      where: path,
    });
  }
  return /\.npy$/i.test(path) ? await fromArray(path) : await fromText(path);
}

async function fromArray(path: string): Promise<Map<number, Label>> {
  const { shape, at } = parseNpy(await readBounded(path, MAX_NPY_BYTES), path);
  const views = shape.length === 4 ? [0] : [];
  const [frames, ...rest] = shape.slice(views.length);
  const flat = rest.length === 1 && rest[0] === NUMBERS;
  if (!flat && !(rest.length === 2 && rest[0] === NYU_ANNOTATED_JOINTS && rest[1] === 3)) {
    throw new VoxhandError('FILE_INVALID', 'not the joints of NYU', {
      expected: `shape (frames, ${NYU_ANNOTATED_JOINTS}, 3) or (frames, ${NUMBERS})`,
      found: `(${shape.join(', ')})`,
      where: path,
    });
  }
  const labels = new Map<number, Label>();
  for (let frame = 0; frame < frames; frame++) {
    const values = Float64Array.from({ length: NUMBERS }, (_, i) =>
      flat ? at(frame, i) : at(...views, frame, Math.floor(i / 3), i % 3),
    );
    labels.set(frame + 1, compared(values, `${path}, frame ${frame}`));
  }
  return labels;
}

async function fromText(path: string): Promise<Map<number, Label>> {
  const labels = new Map<number, Label>();
  for await (const lines of readTextLines(path, MAX_LINE_LENGTH)) {
    for (const { number, text } of lines) {
      if (text.trim() === '' || text.trim().startsWith('#')) continue;
      const where = `${path}, line ${number}`;
      labels.set(labels.size + 1, fromLine(text, where));
    }
  }
  return labels;
}

function fromLine(text: string, where: string): Label {
  try {
    return compared(parsePoseLine(text, NYU_ANNOTATED_JOINTS, where).values, where);
  } catch (error) {
    return toVoxhandError(error);
  }
}

/** The 14 joints that are compared of all 36, metres. */
function compared(values: Float64Array, where: string): Label {
  const chosen = NYU_COMPARED_JOINTS.flatMap((joint) => [...values.subarray(3 * joint, 3 * joint + 3)]);
  const bad = chosen.findIndex((value, i) => !Number.isFinite(value) || (i % 3 === 2 && value <= 0));
  if (bad < 0) return toMetres(DATA_SETS.nyu, chosen, 'xyz');
  return new VoxhandError('FILE_INVALID', 'no joints of a hand', {
    expected: 'numbers, z > 0',
    found: `${chosen[bad]} in joint ${NYU_COMPARED_JOINTS[Math.floor(bad / 3)] + 1}`,
    where,
  });
}
