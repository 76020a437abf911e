// For: finding the hands of a frame: by networks, or by the geometric rules in geometric/.
// In and out: a `DepthFrame` in; reference points and candidates in metres out.
// Must not know: where networks run, messages, results of frames after this one.

export { depthScale, likelyScale } from './depth-scale.js';
export { type DetectionSettings, detectionSettings } from './detection-settings.js';
export { duplicateHands, type HandClaim } from './duplicate-hands.js';
export { DETECTOR_CHANNELS, DETECTOR_STRIDE, type FindHandsOptions, findHands } from './find-hands.js';
export {
  defaultReferenceConfig,
  type InteractionZone,
  type ReferenceConfig,
  referenceConfig,
  referenceSettings,
} from './geometric/reference-config.js';
export {
  identityRefiner,
  type LostReason,
  type ReferenceKind,
  type ReferencePoint,
  type ReferenceRefiner,
  type ReferenceResult,
  type RefinedPoint,
} from './geometric/reference-point.js';
export { createReferenceTracker, type ReferenceTracker } from './geometric/reference-tracker.js';
export { expectedPlace, type HandMotion, motionTo, placeOfJoints, possibleVelocity } from './hand-motion.js';
export {
  type FoundHand,
  type HandSight,
  HandsFinder,
  type HandsFinderSettings,
  type JointsSeen,
  type MissedHand,
} from './hands-finder.js';
export { type HandsAt, idealStages } from './ideal-stages.js';
export { type Picture, type PictureFormat, PictureSampler } from './picture.js';
export {
  type Detection,
  type DetectionStages,
  type Detector,
  type HandCandidate,
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
export { PresenceMeter, presenceWeightsFor } from './presence-meter.js';
export { type Side, sideOdds } from './side-vote.js';
export { type HandVerdict, readVerdict, VERDICT_LENGTH } from './verdict.js';
