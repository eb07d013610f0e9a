import { request } from '../../api/client.ts';
import type { AccentPreview, TextPreview } from '../../api/schema.gen.ts';

const PATH = '/api/v1/admin/settings';

export const previewText = (text: string) => request<TextPreview>('POST', `${PATH}/preview`, { text });
export const previewColor = (color: string) =>
  request<AccentPreview>('POST', `${PATH}/preview_color`, { color });
