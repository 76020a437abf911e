import type { PlaybackChange, PlaybackCommand, PlaybackControl, PlaybackState } from '../../port/playback.js';
import type { PlaybackControlRequest, StepRequest } from './client-messages.js';
import type { PlaybackStateMessage, WireTime } from './server-messages.js';

const NANOSECONDS = 1_000_000_000n;

/** The first and last moment of a recording as `serverInfo` says them. */
export function dataRange({ begin, end }: PlaybackState): { dataStartTime: WireTime; dataEndTime: WireTime } {
  return { dataStartTime: wireTime(begin), dataEndTime: wireTime(end) };
}

/**
 * What a viewer asks, as commands of the player, in an order in which nothing of the old place is played at the new speed
 * and nothing is played that was to be paused.
 */
export function commandsOf(request: PlaybackControlRequest | StepRequest): PlaybackCommand[] {
  if (request.op === 'voxhandStep') return [{ kind: 'step', frames: request.frames }];
  const seek: PlaybackCommand[] = request.seekTime === undefined ? [] : [{ kind: 'seek', time: request.seekTime }];
  const speed: PlaybackCommand = { kind: 'speed', speed: request.speed };
  return request.command === 'pause' ? [{ kind: 'pause' }, speed, ...seek] : [...seek, speed, { kind: 'play' }];
}

/**
 * Carry a request out.
 *
 * @returns the state that answers it
 * @throws VoxhandError what the player says of a command that it cannot carry out; those before it have been.
 */
export async function carryOut(
  player: PlaybackControl,
  request: PlaybackControlRequest | StepRequest,
): Promise<PlaybackStateMessage> {
  const { speed } = player.state();
  // The wire has 32 bits for a speed: what comes back as it was sent is no change.
  const commands = commandsOf(request).filter((c) => c.kind !== 'speed' || Math.fround(c.speed) !== Math.fround(speed));
  const outcomes = await Promise.allSettled(commands.map((command) => player.command(command)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const { requestId = '' } = request;
  const didSeek = commands.some(({ kind }) => kind === 'seek' || kind === 'step');
  return { ...stateMessage({ state: player.state(), didSeek }), ...(requestId !== '' && { requestId }) };
}

export function stateMessage({ state, didSeek }: PlaybackChange): PlaybackStateMessage {
  const { status, currentTime, speed } = state;
  return { op: 'playbackState', status, currentTime, speed, didSeek };
}

function wireTime(nanoseconds: bigint): WireTime {
  const time = nanoseconds > 0n ? nanoseconds : 0n;
  return { sec: Number(time / NANOSECONDS), nsec: Number(time % NANOSECONDS) };
}
