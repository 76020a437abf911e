import { z } from 'zod';
import { fixed, live } from '../errors/setting.js';
import { PROVIDERS } from './provider.js';

const variants = z
  .strictObject({
    edges: live(
      "Edges of further cubes around the same point, whose joints are averaged with those of the network's own cube: one more run of the network each.",
      z.array(z.number().positive().max(2)).max(8).default([]),
      'm',
    ),
    rollDegrees: live(
      'By how much each of these cubes is turned about the optical axis; empty: not at all.',
      z.array(z.number().min(-180).max(180)).max(8).default([]),
      'degrees',
    ),
  })
  .refine(({ edges, rollDegrees }) => rollDegrees.length === 0 || rollDegrees.length === edges.length, {
    message: 'as many as there are edges, or none',
    path: ['rollDegrees'],
  });

/** The network that finds the joints, and where it runs. */
export const inferenceSettings = z.strictObject({
  model: fixed(
    'The name of a packaged model, or the path of a folder with a manifest.',
    z.string().min(1).default('compact'),
  ),
  provider: fixed('Where the network runs.', z.enum(PROVIDERS).default('cpu')),
  policy: fixed(
    'Where the provider cannot run the model: strict fails; fallback uses the CPU and reports it.',
    z.enum(['strict', 'fallback']).default('strict'),
  ),
  threads: fixed('Threads of the network on the CPU.', z.int().min(1).max(64).default(1)),
  workers: fixed(
    'Worker threads with the network in each: as many cubes of a frame go through it at once; 1 where the graph takes several in one run.',
    z.int().min(1).max(16).default(2),
  ),
  warmUp: fixed('Runs of the network before the first frame.', z.int().min(0).max(100).default(1)),
  variants: variants.prefault({}),
});
