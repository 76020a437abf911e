/**
 * Configures, activates, deactivates and cleans up a tracker node again and again with a real network, and says how much memory
 * the process held on the way, as JSON. A process of its own: node --expose-gc configure-cycles.mjs CYCLES
 */
import { MemoryBus } from '../../dist/transport/memory/memory-bus.js';
import { trackerConfig } from '../../dist/tracking/config.js';
import { TrackerNode } from '../../dist/node/tracker-node.js';

const cycles = Number(process.argv[2]);
const node = new TrackerNode({
  bus: new MemoryBus(),
  config: trackerConfig({ inference: { model: 'compact-light' } }),
});
const memory = [];
for (let i = 0; i < cycles; i++) {
  for (const transition of ['configure', 'activate', 'deactivate', 'cleanup']) {
    if (!(await node.lifecycle.change(transition))) throw node.lastError ?? new Error(transition);
  }
  globalThis.gc();
  memory.push(process.memoryUsage().rss);
}
await node.close();
process.stdout.write(JSON.stringify({ memory, handles: process.getActiveResourcesInfo() }));
