import type { HttpDeps } from '../deps.ts';
import type { PageHead } from './head.ts';

/** The head of a page that has no picture of its own, with the one that stands for the server. */
export async function withBanner(
  { branding, videos }: Pick<HttpDeps, 'branding' | 'videos'>,
  head: PageHead,
): Promise<PageHead> {
  if (head.status !== 200 || head.type !== 'website' || head.image !== null) return head;
  const { banner } = await branding.now();
  if (banner === null) return head;
  const { key, type, width, height, alt } = banner;
  const url = videos.objectUrl(key, { state: 'published', visibility: 'public' });
  return { ...head, image: { url, type, width, height, alt } };
}
