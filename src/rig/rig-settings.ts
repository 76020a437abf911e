import { z } from 'zod';
import { fixed, live, metres } from '../errors/setting.js';

/** How what several cameras see of a hand becomes one hand. */
export const FUSIONS = ['joints', 'voxels'] as const;

/** It is part of settings, topics and files. */
export const cameraName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/, 'a name: a letter, then letters, digits and _, at most 32');

const topicName = z.string().regex(/^\/?[A-Za-z0-9_~][A-Za-z0-9_~/]*$/, 'a topic name: letters, digits, _ and /');

/** Where a camera is in the frame of the rig: its optical frame's pose. */
const placeSettings = {
  translation: fixed(
    "The camera's place in the rig's frame; with rotation. Not set: by rig.file, or by /tf.",
    z.array(z.number()).length(3).optional(),
    'm',
  ),
  rotation: fixed(
    "How its optical frame is turned in the rig's frame: a unit quaternion x, y, z, w.",
    z.array(z.number().min(-1).max(1)).length(4).optional(),
  ),
  clockOffset: fixed(
    "Added to the stamps of the camera, which brings them onto the first camera's clock. Not set: by rig.file, or 0.",
    z.number().min(-3600).max(3600).optional(),
    's',
  ),
};

/** The cameras of a rig by their names; none for the single camera of `topics.depth`. */
export const camerasSettings = z.record(
  cameraName,
  z.strictObject({
    depth: fixed('Depth images of this camera in.', topicName),
    cameraInfo: fixed('Its intrinsics in.', topicName),
    ...placeSettings,
  }),
);

/** What several cameras are to each other. */
export const rigSettings = z.strictObject({
  frame: fixed(
    "Frame of the rig, in which the cameras' places are and results are given; empty: the optical frame of the first camera.",
    z.string().max(256).default(''),
  ),
  file: fixed(
    "Rig file with the cameras' places and clock offsets, as `voxhand calibrate` writes it.",
    z.string().min(1).optional(),
  ),
  fusion: fixed(
    'joints: each camera sees the hand with a network run of its own, and the joints are fused; voxels: the points of all cameras go into the cube of the camera that sees the hand best, for one run.',
    z.enum(FUSIONS).default('joints'),
  ),
  tolerance: fixed(
    'Frames of several cameras may be of one moment if their stamps differ by at most this.',
    z.number().min(0).max(1).default(0.02),
    's',
  ),
  deadline: fixed(
    'A moment is not waited for any longer once stamps are this far beyond it.',
    z.number().min(0).max(1).default(0.05),
    's',
  ),
  association: live('Hands of two cameras whose palms are farther apart are two hands.', metres(0.12), 'm'),
  warnDisagreement: live(
    'Where two cameras see the same hand farther apart than this on average, a calibration is asked for.',
    metres(0.015),
    'm',
  ),
});
