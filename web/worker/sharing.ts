import { box } from '../src/device/box.ts';

/** Keeps a video that another app shared, for the page of uploads, which asks for it. Whoever is not signed in does that first. */
export async function takeShared(request: Request): Promise<Response> {
  const isKept = await keep(request).catch(() => false);
  return Response.redirect(`/upload?shared=${isKept ? 'yes' : 'lost'}`, 303);
}

async function keep(request: Request): Promise<boolean> {
  const form = await request.formData();
  const file = form.get('video');
  const texts = ['title', 'text', 'url'].map((name) => form.get(name));
  const text = [...new Set(texts.filter((one) => typeof one === 'string' && one !== ''))].join('\n');
  return file instanceof File && box.set('shared', { file, text, at: Date.now() });
}
