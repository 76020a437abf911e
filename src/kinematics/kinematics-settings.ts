import { z } from 'zod';
import { fixed } from '../errors/setting.js';

export const kinematicsSettings = z.strictObject({
  enabled: fixed(
    "Fit a hand with bones of constant length to the joints and to the seen points; joint angles come out too. The fit takes the pose prior's place.",
    z.boolean().default(true),
  ),
  hand: fixed(
    'Path of a hand by voxhand fit-hand; default: a hand of the usual proportions, which are learned while it is tracked.',
    z.string().min(1).default('default'),
  ),
  learn: fixed(
    'Learn the lengths and thickness of a hand while it is tracked. Those of a file stay as they are.',
    z.boolean().default(true),
  ),
  surface: fixed('Fit to the seen points, not to the joints alone.', z.boolean().default(true)),
  iterations: fixed('Steps of the fit per frame, at most.', z.int().min(1).max(50).default(4)),
});

export type KinematicsSettings = z.output<typeof kinematicsSettings>;
