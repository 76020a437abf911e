import type { Dispose } from './host.js';

/** Offer a service of a node; what the handler returns or resolves to is the answer. */
export type ServeFunction = (type: string, name: string, handler: (request: unknown) => unknown) => Dispose;
