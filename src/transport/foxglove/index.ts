export { FoxgloveServer } from './server/foxglove-server.js';
