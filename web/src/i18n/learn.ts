import { speak, type Translation } from './say.ts';

/** Of the link by which the server names the words of the page's language, so that they come with the page (src/http/page/word-files.ts). */
const LINK = 'words';

/** Says everything in the language of the page. Where its words do not come, the page is in English; English ones bring none. */
export async function learnWords(root: HTMLElement): Promise<void> {
  const link = document.getElementById(LINK);
  if (!(link instanceof HTMLLinkElement)) return;
  try {
    const { default: words }: { default: Translation } = await import(/* @vite-ignore */ link.href);
    speak(root.lang, words);
  } catch {
    root.lang = 'en';
    root.dir = 'ltr';
  }
}
