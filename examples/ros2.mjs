/** Live from ROS 2: hands of a depth camera in the graph, until Ctrl-C. */
import { depthFrames, loadConfig, trackHands } from 'voxhand';
import { ros2Bus } from 'voxhand/ros2';

// names and parameters as on a ROS 2 command line: --ros-args -r depth/image_rect_raw:=/camera/depth/image_rect_raw
const bus = await ros2Bus({ node: 'fingertips', rosArguments: process.argv });
bus.onEvent(({ severity, text }) => console.error(`${severity}: ${text}`));

const config = await loadConfig();
const tracking = depthFrames(bus, config)
  .pipe(trackHands(config))
  .subscribe(({ stamp, hands, lost }) => console.log(`${stamp} hands: ${hands.length}, lost: ${lost.length}`));

process.once('SIGINT', async () => {
  tracking.unsubscribe();
  await bus.close();
});
