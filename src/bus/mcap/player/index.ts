export { type PlayIntoOptions, playInto } from './play-into.js';
export type { PlayableSource } from './playable-source.js';
export { PlayedSource, type PlayedSourceOptions } from './played-source.js';
export { type Played, Player, type PlayerOptions } from './player.js';
