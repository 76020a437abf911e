// For: finding the hands of a frame: by networks, or by the geometric rules in geometric/.
// In and out: a `DepthFrame` in; reference points and candidates in metres out.
// Must not know: where networks run, messages, results of frames after this one.

export { depthScale, likelyScale } from './depth-scale.js';
export { detectionSettings } from './detection-settings.js';
export { duplicateHands, handsTouch } from './duplicate-hands.js';
export { findHands } from './find-hands.js';
export { referenceSettings } from './geometric/reference-config.js';
export type {
  LostReason,
  ReferencePoint,
  ReferenceRefiner,
  ReferenceResult,
  RefinedPoint,
} from './geometric/reference-point.js';
export { createReferenceTracker, type ReferenceTracker } from './geometric/reference-tracker.js';
export { expectedPlace, type HandMotion, motionTo, placeOfJoints, possibleVelocity } from './hand-motion.js';
export type { FoundHand } from './hand-sight.js';
export { HandsFinder } from './hands-finder.js';
export { type Picture, PictureSampler, type Window } from './picture.js';
export {
  type Detection,
  type DetectionStages,
  type Detector,
  type HandCandidate,
  TRUST_THE_DETECTOR,
  type Verifier,
} from './ports.js';
export { PresenceMeter, presenceWeightsFor } from './presence-meter.js';
export { bothLooks, FAINT, isAnswer, type SecondLook, secondLooks, stretched } from './second-look.js';
export {
  believedSideOdds,
  bentSideOdds,
  comparedSideOdds,
  type Side,
  sideOdds,
  toldSideOdds,
} from './side-vote.js';
export { TriedPlaces } from './tried-places.js';
export { readVerdict } from './verdict.js';
