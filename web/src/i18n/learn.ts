import { speak, type Translation } from './say.ts';

/** Of the link by which the server names the words of the page's language, so that they come with the page (src/http/page/word-files.ts). */
const LINK = 'words';

/** Where the words of the page's language are; nowhere for English. */
export function wordsAddress(): string | undefined {
  const link = document.getElementById(LINK);
  return link instanceof HTMLLinkElement ? link.href : undefined;
}

/** Says everything in the language of the page. Where its words do not come, the page is in English; English ones bring none. */
export async function learnWords(root: HTMLElement): Promise<void> {
  const address = wordsAddress();
  if (address === undefined) return;
  try {
    const { default: words }: { default: Translation } = await import(/* @vite-ignore */ address);
    speak(root.lang, words);
  } catch {
    root.lang = 'en';
    root.dir = 'ltr';
  }
}
