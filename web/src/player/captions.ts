import { computed } from '@preact/signals';
import type { Captions } from '../api/types.ts';
import { captionsChoice, captionsLanguage } from '../state/preferences.ts';
import { isMuted } from './sound.ts';

/** Whether captions are shown where there are any: as chosen, else while there is no sound (web.md 4). */
export const captionsShown = computed(() =>
  captionsChoice.value === null ? isMuted.value : captionsChoice.value === 'on',
);

/** Turns captions on or off for all clips, and remembers it. */
export function toggleCaptions(): void {
  captionsChoice.value = captionsShown.peek() ? 'off' : 'on';
}

/** Shows captions of this language where there are some, now and on later visits. */
export function chooseCaptions(language: string): void {
  captionsLanguage.value = language;
  captionsChoice.value = 'on';
}

/** Languages in which captions are wanted, best first. */
const wantedLanguages = computed(() => {
  const chosen = captionsLanguage.value;
  return chosen === null ? navigator.languages : [chosen, ...navigator.languages];
});

/** Which captions of a clip are shown to this person; a new function whenever that changes. */
export const pickCaptions = computed(() => {
  const shown = captionsShown.value;
  const languages = wantedLanguages.value;
  return (captions: readonly Captions[]) => (shown ? bestCaptions(captions, languages) : undefined);
});

/** The captions that come when they are turned on. */
export function captionsFor(captions: readonly Captions[]): Captions | undefined {
  return bestCaptions(captions, wantedLanguages.value);
}

/** Has a <video> read the captions of its clip; the browser fetches those that are shown. */
export function attachCaptions(video: HTMLVideoElement, captions: readonly Captions[]): void {
  for (const old of [...video.querySelectorAll('track')]) old.remove();
  for (const { url, language } of captions) {
    const track = document.createElement('track');
    track.kind = 'captions';
    track.srclang = language;
    track.src = url;
    video.append(track);
  }
}

/** Reads the captions that are to be shown, and no others; `ClipCaptions` draws them clear of what lies on the clip. */
export function showCaptions(video: HTMLVideoElement, shown: Captions | undefined): void {
  for (const { track } of video.querySelectorAll('track')) {
    track.mode = track.language === shown?.language ? 'hidden' : 'disabled';
  }
}

/** The first that fits the languages somebody reads, in their order; any rather than none. */
export function bestCaptions(
  captions: readonly Captions[],
  languages: readonly string[],
): Captions | undefined {
  const base = (tag: string) => tag.toLowerCase().split('-')[0];
  for (const language of languages) {
    const found =
      captions.find((one) => one.language.toLowerCase() === language.toLowerCase()) ??
      captions.find((one) => base(one.language) === base(language));
    if (found) return found;
  }
  return captions[0];
}

/** Whether they are the same files in the same languages. */
export function areSameCaptions(a: readonly Captions[], b: readonly Captions[]): boolean {
  const files = (all: readonly Captions[]) => all.map(({ language, url }) => `${language} ${url}`).join('\n');
  return files(a) === files(b);
}
