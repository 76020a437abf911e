/** The gestures in a recording: what each hand did, when, and why it was taken for that. */
import { loadConfig, trackTo } from 'voxhand';
import { mcapBus, openMcap } from 'voxhand/mcap';
import { cdrCodec, GESTURE_EVENT_SCHEMA } from 'voxhand/messages';

const bus = await mcapBus('recordings/demo.mcap', { output: 'gestures.mcap' });
await trackTo(bus, await loadConfig(), { gestures: { gestures: ['open_palm', 'point', 'fist', 'victory'] } });

const PHASES = ['begins', 'goes on', 'ends', 'is cancelled'];
const { decode } = cdrCodec(GESTURE_EVENT_SCHEMA);
const recording = await openMcap('gestures.mcap');
for await (const { logTime, data } of recording.subscribe(['/hand/gestures'])) {
  const { hand_id, gesture, phase, reason } = decode(data);
  if (PHASES[phase] !== 'goes on') console.log(`${logTime} hand ${hand_id}: ${gesture} ${PHASES[phase]}, ${reason}`);
}
await recording.close();
