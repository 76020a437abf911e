import { z } from 'zod';

export const taughtPoseSchema = z.strictObject({});
