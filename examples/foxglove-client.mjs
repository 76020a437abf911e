/** Hands from a camera behind a Foxglove server, such as foxglove_bridge on a robot: node examples/foxglove-client.mjs ws://robot:8765 */
import { take } from 'rxjs';
import { depthFrames, loadConfig, trackHands } from 'voxhand';
import { connectFoxglove } from 'voxhand/foxglove';
import { withInputTopics } from 'voxhand/mcap';

const url = process.argv[2] ?? 'ws://localhost:8765';
const robot = await connectFoxglove(url);
const config = withInputTopics(await loadConfig(), robot.topics(), url);

depthFrames(robot, config)
  .pipe(trackHands(config), take(5))
  .subscribe({
    next: ({ stamp, hands }) =>
      console.log(`${stamp} ${hands.map(({ handedness }) => handedness).join(', ') || 'no hand'}`),
    error: (error) => console.error(error.message),
    complete: () => robot.close(),
  });
