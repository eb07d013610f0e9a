import { wordsAddress } from './learn.ts';
import { speak, spoken, type Translation } from './say.ts';

interface WordFile {
  /** Gives the words of the staff's pages, which few people see. */
  readonly ofStaff: () => Promise<{ readonly default: Translation }>;
}

/** Learns the words of the staff's pages in the language of the page, too. Where they do not come, these pages are in English. */
export async function learnStaffWords(): Promise<void> {
  const address = wordsAddress();
  if (address === undefined) return;
  try {
    const { ofStaff }: WordFile = await import(/* @vite-ignore */ address);
    const { default: words } = await ofStaff();
    const { language, translation } = spoken();
    if (language !== 'en') speak(language, { ...translation, ...words });
  } catch {
    // English stands beside the code.
  }
}
