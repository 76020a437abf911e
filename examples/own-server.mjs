/** Viewers within an HTTP application: Foxglove, Lichtblick and our own client connect to ws://localhost:8080/hands. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { depthFrames, HandPublisher, HandTracker, loadConfig, loadParts } from 'voxhand';
import { createFoxgloveServer } from 'voxhand/foxglove';
import { mcapBus, withInputTopics } from 'voxhand/mcap';

const http = createServer((_request, response) => response.end('the application\n'));
http.listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
await once(http, 'listening');

const viewers = await createFoxgloveServer({ server: http, path: '/hands' });
console.log(viewers.urls.socket);

const bus = await mcapBus('recordings/demo.mcap'); // or a camera: see ros2.mjs
const config = withInputTopics(await loadConfig(), bus.topics(), 'demo.mcap');
const parts = await loadParts(config);
const tracker = new HandTracker(config, parts);
const hands = new HandPublisher(viewers, config);
for (let ended = false; !ended; ) {
  for await (const frame of depthFrames(bus, config)) {
    for (const result of await tracker.track(frame)) await hands.publish(result);
  }
}
