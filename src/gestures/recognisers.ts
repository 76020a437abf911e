import type { Vec3 } from '../geometry/index.js';
import { POSE_GESTURES } from '../hand/index.js';
import { CircleRecogniser } from './circle.js';
import type { GestureProfile } from './gesture-profile.js';
import type { Emit, Recogniser } from './gesture-track.js';
import { KnobRecogniser } from './knob.js';
import { knownPose, PoseRecogniser } from './pose-recogniser.js';
import { StrokeRecogniser } from './stroke.js';
import { TapRecogniser } from './tap.js';
import { taughtScore } from './taught-pose.js';
import { WaveRecogniser } from './wave.js';

/** All recognisers of one hand that a profile asks for. A new gesture gets its file and a line here. */
export function recognisersOf(profile: GestureProfile, emit: Emit): Recogniser[] {
  const { axes } = profile;
  const wanted = (gesture: string) => (profile.gestures as readonly string[]).includes(gesture);
  const swipes = [
    { gesture: 'swipe_right', axis: axes.right },
    { gesture: 'swipe_left', axis: opposite(axes.right) },
    { gesture: 'swipe_up', axis: axes.up },
    { gesture: 'swipe_down', axis: opposite(axes.up) },
  ].filter(({ gesture }) => wanted(gesture));
  const pushes = [
    { gesture: 'push', axis: axes.forward },
    { gesture: 'pull', axis: opposite(axes.forward) },
  ].filter(({ gesture }) => wanted(gesture));
  return [
    ...POSE_GESTURES.filter(wanted).map((pose) => knownPose(pose, profile.pose, axes.up, emit)),
    ...profile.taught.map(
      (pose) => new PoseRecogniser(pose.name, (hand) => taughtScore(pose, hand), profile.pose, emit),
    ),
    ...(swipes.length > 0 ? [new StrokeRecogniser(swipes, profile.swipe, emit)] : []),
    ...(pushes.length > 0 ? [new StrokeRecogniser(pushes, profile.push, emit)] : []),
    ...(wanted('wave') ? [new WaveRecogniser(profile, emit)] : []),
    ...(wanted('circle') ? [new CircleRecogniser(profile, emit)] : []),
    ...(wanted('tap') ? [new TapRecogniser(profile, emit)] : []),
    ...(wanted('knob') ? [new KnobRecogniser(profile, emit)] : []),
  ];
}

function opposite(axis: Vec3): Vec3 {
  return [-axis[0], -axis[1], -axis[2]];
}
