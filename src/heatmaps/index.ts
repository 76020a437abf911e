export { MAX_HEATMAP_JOINTS, MAX_HEATMAP_SIZE } from './check-heat-maps.js';
export { decodeGauss } from './decode-gauss.js';
export { DECODERS, type DecodeOptions, type Decoder, decodeHeatMaps } from './decode-heat-maps.js';
export { decodeMax } from './decode-max.js';
export { DEFAULT_N_BEST, decodeNBest, type NBestOptions } from './decode-n-best.js';
export { decodeSMax, PAPER_SIGMA, type SMaxOptions } from './decode-s-max.js';
export type { DecodedJoints, HeatMaps } from './heat-maps.js';
export { meanHeatMaps } from './mean-heat-maps.js';
export { renderHeatMaps } from './render-heat-maps.js';
