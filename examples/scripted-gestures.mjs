/** A hand that makes gestures by script drives an application under test: no camera, no network, and what is true is known. */
import { GestureEngine, parseGestureProfile } from 'voxhand/gestures';
import { performance, performanceTruth } from 'voxhand/testing';

const hand = performance(
  [
    { gesture: 'swipe_left', at: 1.5 },
    { gesture: 'thumbs_up', at: 4.5, hold: 0.6 },
    { gesture: 'swipe_left', at: 8, speed: 1.3 },
  ],
  { handedness: 'left', seed: 1 },
);
for (const { gesture, from, optional } of hand.events) {
  if (!optional) console.log(`true: ${gesture} at ${from.toFixed(2)} s`);
}

const engine = new GestureEngine(parseGestureProfile({ gestures: ['swipe_left', 'swipe_right', 'thumbs_up'] }));
for (const moment of performanceTruth(hand, { frames: 300, fps: 30, noise: 0.001 })) {
  for (const { gesture, phase, stamp } of engine.take(moment).gestures) {
    if (phase === 'BEGIN') console.log(`told: ${gesture} at ${(Number(stamp) / 1e9).toFixed(2)} s`);
  }
}
