import { z } from 'zod';
import { trendLimits } from '../../../../config/limits.ts';

/** How many one asks for: as many as there may be, where it is more. */
export const limitOf = (usual: number, max: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(usual)
    .transform((limit) => Math.min(limit, max));

export const offset = z.coerce.number().int().min(0).max(trendLimits.maxOffset).default(0);
