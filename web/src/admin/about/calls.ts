import { request } from '../../api/client.ts';
import type { AccentPreview, AuditUndo, Brand, BrandChange, TextPreview } from '../../api/schema.gen.ts';

const PATH = '/api/v1/admin/settings';

export const previewText = (text: string) => request<TextPreview>('POST', `${PATH}/preview`, { text });
export const previewColor = (color: string) =>
  request<AccentPreview>('POST', `${PATH}/preview_color`, { color });

export type BrandRole = 'logo' | 'icon' | 'banner';
const BRANDING = '/api/v1/admin/branding';

export const brand = () => request<Brand>('GET', BRANDING);
/** Without a picture, only the words about the one that is there change. */
export function setPicture(role: BrandRole, description: string, picture?: File) {
  const form = new FormData();
  form.append('description', description);
  if (picture) form.append('picture', picture, picture.name);
  return request<BrandChange>('PUT', `${BRANDING}/${role}`, form);
}
export const removePicture = (role: BrandRole) => request<BrandChange>('DELETE', `${BRANDING}/${role}`);
export const takeBack = (auditId: string) =>
  request<AuditUndo>('POST', '/api/v1/admin/audit_log/undo', { audit_ids: [auditId] });
