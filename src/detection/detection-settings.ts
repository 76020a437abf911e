import { z } from 'zod';
import { fixed, live, share } from '../errors/setting.js';

/** How hands are found in a frame. */
export const detectionSettings = z.strictObject({
  method: fixed(
    'How hands are found. learned: by two small networks; geometric: by the shape of surfaces, see reference.',
    z.enum(['learned', 'geometric']).default('learned'),
  ),
  model: fixed(
    'The detector: the name of a packaged model, or the path of a folder with a manifest.',
    z.string().min(1).default('detector'),
  ),
  verifyModel: fixed(
    "Network of the second stage, which checks the detector's candidates: a name or a path as for model; none: there is no second stage.",
    z.string().min(1).default('verify'),
  ),
  maxHands: live(
    'Hands that are tracked at most, by the learned detector; the geometric finder tracks one. With 1, that hand has always the id 0.',
    z.int().min(1).max(8).default(2),
  ),
  frameBudget: live(
    'Of a live stream under the policy latest: where frames take longer on average, the hand farthest from the middle of the zone is left out; 0: never.',
    z.number().min(0).max(10).default(0.033),
    's',
  ),
  every: live(
    'Frames between two runs of the detector while a hand is tracked, half as many while there is room for one more; 0: only in doubt, and every sixth while there is room.',
    z.int().min(0).max(1000).default(6),
  ),
  minScore: fixed('Peaks of the detector with a lower score are ignored.', share(0.3)),
  candidates: live(
    'Candidates that the second stage checks when a hand is searched for, those with the best scores first.',
    z.int().min(1).max(16).default(3),
  ),
  acquire: live(
    'A new hand needs this score: the geometric mean of both stages, or that of the detector where there is one stage.',
    share(0.42),
  ),
  acquireMore: live('A new hand beside others needs this score, in two looks of the detector in a row.', share(0.5)),
  keep: live('A tracked hand whose joints are in doubt needs this score, or it is lost.', share(0.3)),
  doubt: live('A lower presence score of the joints makes the detector run again.', share(0.6)),
  acquirePresence: live('A new hand needs this presence score.', share(0.3)),
  keepPresence: live('A tracked hand whose presence score falls below this is lost.', share(0.02)),
});

export type DetectionSettings = z.output<typeof detectionSettings>;
