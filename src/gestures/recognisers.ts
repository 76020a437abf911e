import type { GestureProfile } from './gesture-profile.js';
import type { Emit, Recogniser } from './gesture-track.js';
import { knownPose } from './pose-recogniser.js';
import { POSE_GESTURES } from './pose-scores.js';
import { StrokeRecogniser } from './stroke.js';

/** All recognisers of one hand that a profile asks for. A new gesture gets its file and a line here. */
export function recognisersOf(profile: GestureProfile, emit: Emit): Recogniser[] {
  const { gestures, axes } = profile;
  const opposite = (axis: readonly [number, number, number]) => [-axis[0], -axis[1], -axis[2]] as const;
  const strokes = [
    { gesture: 'swipe_right', axis: axes.right, settings: profile.swipe },
    { gesture: 'swipe_left', axis: opposite(axes.right), settings: profile.swipe },
    { gesture: 'swipe_up', axis: axes.up, settings: profile.swipe },
    { gesture: 'swipe_down', axis: opposite(axes.up), settings: profile.swipe },
    { gesture: 'push', axis: axes.forward, settings: profile.push },
    { gesture: 'pull', axis: opposite(axes.forward), settings: profile.push },
  ].filter(({ gesture }) => (gestures as readonly string[]).includes(gesture));
  const kinds = [profile.swipe, profile.push]
    .map((settings) => [settings, strokes.filter((one) => one.settings === settings)] as const)
    .filter(([, directions]) => directions.length > 0);
  return [
    ...POSE_GESTURES.filter((pose) => gestures.includes(pose)).map((pose) =>
      knownPose(pose, profile.pose, axes.up, emit),
    ),
    ...kinds.map(([settings, directions]) => new StrokeRecogniser(directions, settings, emit)),
  ];
}
