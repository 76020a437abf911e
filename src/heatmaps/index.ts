// For: reading joints off 3D heat maps, and drawing ideal ones.
// In and out: `HeatMaps` in; joints in cube coordinates with confidences out.
// Must not know: networks, cameras, cubes.

export { decodeMax } from './decode-each-joint.js';
export { decodeGauss } from './decode-gauss.js';
export { DECODERS, type DecodeOptions, type Decoder, decodeHeatMaps } from './decode-heat-maps.js';
export { DEFAULT_N_BEST, decodeNBest, type NBestOptions } from './decode-n-best.js';
export { decodeSMax, PAPER_SIGMA, type SMaxOptions } from './decode-s-max.js';
export { heatMapSettings } from './heat-map-settings.js';
export { type DecodedJoints, type HeatMaps, MAX_HEATMAP_JOINTS, MAX_HEATMAP_SIZE, meanHeatMaps } from './heat-maps.js';
export { renderHeatMaps } from './render-heat-maps.js';
