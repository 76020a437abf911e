/**
 * Finding hands in depth frames by networks: the picture that the detector wants, what is read off its answer and off the second
 * stage's, and following one hand by both. Frames go in, places of hands come out; where networks run is not known here.
 */

export { depthScale } from './depth-scale.js';
export { DETECTOR_CHANNELS, DETECTOR_STRIDE, type FindHandsOptions, findHands } from './find-hands.js';
export type { HandCandidate } from './hand-candidate.js';
export { expectedPlace, type HandMotion, motionTo, placeOfJoints } from './hand-motion.js';
export { type HandsAt, idealStages } from './ideal-stages.js';
export {
  type FoundHand,
  type HandSight,
  type JointsSeen,
  LearnedFinder,
  type LearnedFinderSettings,
} from './learned-finder.js';
export { type Picture, type PictureFormat, PictureSampler } from './picture.js';
export {
  type Detection,
  type DetectionStages,
  type Detector,
  type Place,
  type ScoredPlace,
  TRUST_THE_DETECTOR,
  type Verifier,
} from './ports.js';
export {
  type FittedPresence,
  PRESENCE_FEATURES,
  type PresenceFeature,
  type PresenceInput,
  type PresenceWeights,
  presenceFeatures,
  presenceOf,
} from './presence.js';
export { PresenceMeter } from './presence-meter.js';
export { presenceWeightsFor } from './presence-weights-for.js';
export type { Side } from './side-vote.js';
export { type HandVerdict, readVerdict, VERDICT_LENGTH } from './verdict.js';
