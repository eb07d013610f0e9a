import { z } from 'zod';

/** How a text would look that is not kept. */
export const textPreviewEntity = z
  .object({ content: z.string().describe('HTML, safe to show') })
  .meta({ id: 'TextPreview' });
