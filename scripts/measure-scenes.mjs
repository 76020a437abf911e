#!/usr/bin/env node
/**
 * What the whole tracker makes of single pictures of whole scenes, held-out ones of those that its networks are trained on: each picture is
 * shown for a while, with other noise of its pixels in every frame.
 *
 *   npm run build
 *   (cd training && python3 -m voxhand_training.dump_scenes --out runs/scenes --count 400)
 *   node scripts/measure-scenes.mjs training/runs/scenes
 *
 *   --frames N        frames that a picture is shown, at 30 Hz, default 15
 *   --set KEY=VALUE   a setting of the tracker, may be repeated; policy=every and detection.max_hands=4 by default
 *   --list            a line for each hand that is missed, of the wrong side, or off by more than 25 mm, and for each false one where its middle root is
 *   --json FILE       a row for each hand
 *
 * Counted are hands with 20 cm² or more in sight whose middle finger's root lies in the picture and in the zone. A hand is found where one
 * is published in the last frame whose middle root is within 9 cm of its own; what is published farther than 12 cm from every hand is false.
 * Of scenes without a hand (dump_scenes --empty) that is all there is to count.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { alignColumns } from '../dist/evaluation/report-text.js';
import { meanDistance } from '../dist/hand/match-hands.js';
import { parseConfig } from '../dist/tracking/config-file.js';
import { HandTracker } from '../dist/tracking/hand-tracker.js';
import { loadParts } from '../dist/tracking/load-parts.js';
import { readScenes } from './scene-pictures.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: 'string', default: '15' },
    set: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
if (positionals.length !== 1) {
  process.stderr.write(
    'usage: measure-scenes.mjs FILE, as written by voxhand_training.dump_scenes, without an ending\n',
  );
  process.exit(2);
}
const WELL_SEEN = 20e-4;
const FOUND = 0.09;
const CLAIMED = 0.12;
const ROOT = 27;

const { scenes, frames } = readScenes(positionals[0]);
const config = parseConfig('', 'settings', ['policy=every', 'detection.max_hands=4', ...values.set]);
const [nearest, farthest] = config.reference.zone.z;
const parts = await loadParts(config);
const apart = (a, b) => Math.hypot(...[0, 1, 2].map((k) => a[ROOT + k] - b[ROOT + k]));

const rows = [];
const strangers = [];
try {
  for (const [index, scene] of scenes.entries()) {
    const hands = await shown(index);
    const free = new Set(hands);
    for (const hand of scene.hands) {
      const z = hand.joints[ROOT + 2];
      if (!hand.inside || hand.area < WELL_SEEN || z < nearest || z > farthest) continue;
      const near = [...free].sort((a, b) => apart(a.positions, hand.joints) - apart(b.positions, hand.joints))[0];
      const found = near !== undefined && apart(near.positions, hand.joints) < FOUND;
      if (found) free.delete(near);
      const { kind, sensor } = scene;
      const told = found && {
        errorMm: 1000 * meanDistance(near.positions, hand.joints),
        sideRight: (near.handedness === 'left') === hand.left,
        presence: near.presence,
      };
      const { holds, raised } = hand;
      rows.push({ index, kind, sensor, holds, raised, cm2: hand.area * 1e4, z, found, ...told });
    }
    for (const { positions, presence } of free) {
      if (scene.hands.some((hand) => apart(positions, hand.joints) <= CLAIMED)) continue;
      strangers.push({ index, kind: scene.kind, false: true, root: [...positions.slice(ROOT, ROOT + 3)], presence });
    }
  }
} finally {
  await parts.close();
}
const groups = {
  all: () => true,
  ...Object.fromEntries(
    ['front', 'owner', 'above', 'around', 'loose'].map((kind) => [kind, (row) => row.kind === kind]),
  ),
  'holding something': ({ holds }) => holds,
  'holding, seen by the owner': ({ holds, kind }) => holds && kind === 'owner',
  'holding nothing': ({ holds }) => !holds,
  'raised, nothing held, elbow in sight': ({ raised, holds }) => raised && !holds,
  '20 to 50 cm² in sight': ({ cm2 }) => cm2 < 50,
  '50 to 90 cm²': ({ cm2 }) => cm2 >= 50 && cm2 < 90,
  '90 cm² and more': ({ cm2 }) => cm2 >= 90,
  'below 0.5 m': ({ z }) => z < 0.5,
  '0.5 to 0.8 m': ({ z }) => z >= 0.5 && z < 0.8,
  'beyond 0.8 m': ({ z }) => z >= 0.8,
};
const head = ['', 'hands', 'found', 'within 20 mm', 'mean, mm', 'median, mm', 'side right'];
const table = Object.entries(groups).map(([name, isIn]) => line(name, rows.filter(isIn)));
process.stdout.write(`${alignColumns([head, ...table]).join('\n')}\n`);
process.stdout.write(
  `${scenes.length} pictures, ${(strangers.length / scenes.length).toFixed(4)} false hands a picture\n`,
);
if (values.list) {
  const wrong = rows.filter(({ found, errorMm, sideRight }) => !found || errorMm > 25 || !sideRight);
  for (const row of [...wrong, ...strangers]) {
    process.stdout.write(
      `${JSON.stringify(row, (_, value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value))}\n`,
    );
  }
}
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(rows, null, 1));

/** The hands that a tracker of its own publishes of a picture that is shown for a while. */
async function shown(index) {
  const tracker = new HandTracker(config, parts);
  let hands = [];
  for (const frame of frames(index, Number(values.frames))) {
    for (const result of await tracker.track(frame)) hands = result.hands;
  }
  return hands;
}

function line(name, list) {
  const errors = list.flatMap(({ errorMm }) => errorMm ?? []).sort((a, b) => a - b);
  const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
  const share = (count, of) => (of === 0 ? '-' : `${((100 * count) / of).toFixed(1)}%`);
  const right = list.filter(({ sideRight }) => sideRight).length;
  return [
    name,
    `${list.length}`,
    share(errors.length, list.length),
    share(errors.filter((e) => e < 20).length, list.length),
    ...[mean, errors[errors.length >> 1]].map((mm) => (errors.length === 0 ? '-' : mm.toFixed(1))),
    share(right, errors.length),
  ];
}
