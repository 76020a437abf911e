/** How depth images are stored. `raw` is what viewers show; the others are compressedDepth, which they do not decode. */
export const DEPTH_CODECS = ['raw', 'png', 'rvl'] as const;
export type DepthCodec = (typeof DEPTH_CODECS)[number];

/** `16UC1`: whole millimetres. `32FC1`: metres; as compressedDepth in steps that grow with depth, 0.1 mm at 1 m. */
export const DEPTH_ENCODINGS = ['16UC1', '32FC1'] as const;
export type DepthEncoding = (typeof DEPTH_ENCODINGS)[number];
