import { rotationX, rotationZ, type Vec3 } from '../geometry/matrix.js';
import { box, capsule, type Primitive, sphere } from './primitives.js';

/** Where the skin of the palm is in the palm frame of a hand of scale 1, metres. */
const PALM_SKIN = 0.0205;
/** y of the palm's crease where things lie that a hand closes around. */
const CREASE = 0.08;

/** Something that a hand holds: solids in the palm frame of a hand of scale 1 (x to the thumb, y to the fingers, z out of the palm). */
export interface HeldObject {
  readonly name: string;
  readonly primitives: readonly Primitive[];
}

function across(y: number, from: number, to: number, radius: number, radiusTo = radius): Primitive {
  const end = (x: number, r: number): Vec3 => [x, y, PALM_SKIN + r];
  return capsule(end(from, radius), end(to, radiusTo), radius, radiusTo);
}

/** Things of everyday, by the way they are held: around, in the palm, between thumb and fingers. */
export const HELD_OBJECTS: readonly HeldObject[] = [
  { name: 'bottle', primitives: [across(0.09, -0.1, 0.07, 0.028), across(0.09, 0.07, 0.14, 0.026, 0.012)] },
  { name: 'ball', primitives: [sphere([0.002, 0.082, PALM_SKIN + 0.033], 0.033)] },
  { name: 'carton', primitives: [box([0.01, 0.091, PALM_SKIN + 0.024], [0.075, 0.025, 0.022], rotationZ(0.12))] },
  {
    name: 'hammer',
    primitives: [across(CREASE, -0.09, 0.17, 0.0135), box([0.18, CREASE, PALM_SKIN + 0.014], [0.018, 0.018, 0.05])],
  },
  { name: 'book', primitives: [box([0.012, 0.141, PALM_SKIN + 0.018], [0.058, 0.08, 0.008], rotationX(0.1))] },
  {
    name: 'pear',
    primitives: [capsule([-0.012, 0.1, PALM_SKIN + 0.028], [0.032, 0.116, PALM_SKIN + 0.03], 0.029, 0.015)],
  },
  { name: 'wand', primitives: [capsule([0.09, 0.04, 0.075], [-0.06, 0.165, 0.02], 0.006)] },
];
