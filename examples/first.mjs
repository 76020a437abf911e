import { loadConfig, trackTo } from 'voxhand';
import { mcapBus } from 'voxhand/mcap';

const bus = await mcapBus('recordings/demo.mcap', { output: 'hands.mcap' });
console.log(await trackTo(bus, await loadConfig()));
