/** What `python3 -m voxhand_training.export` left in a folder: graphs, what is known of them, and held-out samples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param directory of the export
 * @param key the graph, such as `2d8`; may be left out where there is only one
 */
export function readExport(directory, key) {
  const about = JSON.parse(readFileSync(join(directory, 'export.json'), 'utf8'));
  const keys = Object.keys(about.graphs);
  const chosen = key ?? (keys.length === 1 ? keys[0] : undefined);
  if (chosen === undefined || !keys.includes(chosen)) {
    throw new Error(`${directory} has the graphs ${keys.join(', ')}: choose one with --graph`);
  }
  if (about.holdout.count === 0) throw new Error(`${directory} was exported without held-out samples`);
  const graph = about.graphs[chosen];
  const files = graph.files.map((file) => join(directory, file));
  if (about.holdout.file === undefined) return { about, graph, files };
  const points = graph.kind === 'point' ? 2 : 21;
  return {
    about,
    graph,
    files,
    holdout: readHoldout(join(directory, about.holdout.file), about.size, points, about.holdout.count),
  };
}

/**
 * Records of N^3 / 8 bytes of occupancy (lowest bit first, [z][y][x]), `points` times x, y, z in cube coordinates, and the
 * cube's edge in metres, all float32.
 */
function readHoldout(path, size, points, count) {
  const bytes = readFileSync(path);
  const cells = size ** 3;
  const record = cells / 8 + 4 * (3 * points + 1);
  if (bytes.length !== count * record) {
    throw new Error(`${path}: expected ${count} records of ${record} bytes, found ${bytes.length} bytes`);
  }
  return {
    count,
    sample(index) {
      const at = index * record;
      const grid = new Uint8Array(cells);
      for (let i = 0; i < cells; i++) grid[i] = (bytes[at + (i >> 3)] >> (i & 7)) & 1;
      const numbers = Float32Array.from({ length: 3 * points + 1 }, (_, i) =>
        bytes.readFloatLE(at + cells / 8 + 4 * i),
      );
      return { grid, points: numbers.subarray(0, 3 * points), edge: numbers[3 * points] };
    },
  };
}
