/** A parallel gripper that opens as far as thumb and index finger are apart, and goes where the palm is. */
import { readFileSync } from 'node:fs';
import { loadConfig, trackTo } from 'voxhand';
import { parseUrdf, Retargeter } from 'voxhand/kinematics';
import { mcapBus } from 'voxhand/mcap';

const urdf = new URL('robots/gripper.urdf', import.meta.url);
const retargeter = new Retargeter(parseUrdf(readFileSync(urdf, 'utf8'), 'gripper.urdf'), {
  // each finger moves half of the distance; the thickness of the fingertips is not part of it
  distances: [{ joint: 'opening', hand: ['thumb_tip', 'index_tip'], factor: 0.5, offset: -0.006 }],
});

const bus = await mcapBus('recordings/demo.mcap', { output: 'hands.mcap' });
await trackTo(bus, await loadConfig(), {
  onResult({ stamp, hands: [hand] }) {
    if (hand === undefined) return;
    const [opening] = retargeter.retarget(hand);
    const wrist = [...hand.positions.subarray(0, 3)].map((x) => x.toFixed(3));
    console.log(`${stamp} palm at ${wrist.join(' ')}, opening ${(2000 * opening).toFixed(0)} mm`);
  },
});
