// For: reading joints off 3D heat maps, and drawing ideal ones.
// In and out: `HeatMaps` in; joints in cube coordinates with confidences out.
// Must not know: networks, cameras, cubes.

export { DECODERS, type Decoder, decodeHeatMaps } from './decode-heat-maps.js';
export { heatMapSettings } from './heat-map-settings.js';
export type { DecodedJoints, HeatMaps } from './heat-maps.js';
export { renderHeatMaps } from './render-heat-maps.js';
