import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { isMotionReduced, store, stored } from './stored.ts';

/** What somebody chose about sound; `null` as long as they did not. */
export type SoundChoice = 'on' | 'off' | null;

/** A value that outlives the visit where the browser lets us store it. */
function remembered<T extends string | null>(key: string, read: (stored: string | null) => T): Signal<T> {
  const value = signal(read(stored(key)));
  value.subscribe((current) => store(key, current));
  return value;
}

const oneOf =
  <T extends string>(...values: T[]) =>
  (stored: string | null): T | null =>
    values.find((value) => value === stored) ?? null;

/** Whether each visit begins without sound, whatever was chosen in the last one. */
export const startMuted = remembered<'on' | null>('vireo.start-muted', oneOf('on'));

/** Sound, as last chosen. */
export const soundChoice = remembered<SoundChoice>('vireo.sound', (stored) =>
  startMuted.peek() === 'on' ? null : oneOf('on', 'off')(stored),
);

/** Captions, as last chosen; `null` as long as nobody did. */
export const captionsChoice = remembered<'on' | 'off' | null>('vireo.captions', oneOf('on', 'off'));

/** The language of captions that was chosen last (BCP 47). */
export const captionsLanguage = remembered<string | null>('vireo.captions-language', (language) => language);

/** How captions look; `null` as the browser has them. */
export const captionsStyle = remembered<'large' | 'solid' | 'large-solid' | null>(
  'vireo.captions-style',
  oneOf('large', 'solid', 'large-solid'),
);

/** Whether single letters are keys; WCAG 2.1.4 wants them to be switched off by who writes by voice. */
export const letterKeys = remembered<'off' | null>('vireo.letter-keys', oneOf('off'));

/** Whether clips wait to be started. */
export const autoplayChoice = remembered<'off' | null>('vireo.autoplay', oneOf('off'));

/** Whether as little is loaded as can be; `null` as the browser says. */
export const dataSaverChoice = remembered<'on' | 'off' | null>('vireo.data-saver', oneOf('on', 'off'));

/** The largest short side of pictures, in pixels, over a mobile connection; `null` for as good as it gets. */
export const mobileQuality = remembered<'360' | '480' | '720' | null>(
  'vireo.mobile-quality',
  oneOf('360', '480', '720'),
);

/** How fast clips play; `null` as they were made. */
export const playbackSpeed = remembered<'0.5' | '0.75' | '1.25' | '1.5' | '2' | null>(
  'vireo.speed',
  oneOf('0.5', '0.75', '1.25', '1.5', '2'),
);

/** Whether things may move by themselves; `null` as the device says. */
export const motionChoice = remembered<'reduce' | 'allow' | null>('vireo.motion', oneOf('reduce', 'allow'));

/** Light or dark; `null` as the device says. */
export const themeChoice = remembered<'light' | 'dark' | null>('vireo.theme', oneOf('light', 'dark'));

/** Stronger contrast than the device asks for. */
export const contrastChoice = remembered<'more' | null>('vireo.contrast', oneOf('more'));

/** The size of text; `null` as the browser has it. */
export const textSize = remembered<'large' | 'larger' | null>('vireo.text-size', oneOf('large', 'larger'));

/** Has the document look as was chosen, now and after each change. */
export function applyPreferences(root: HTMLElement): void {
  const choices = {
    theme: themeChoice,
    contrast: contrastChoice,
    text: textSize,
    motion: motionChoice,
    captions: captionsStyle,
  } satisfies Record<string, ReadonlySignal<string | null>>;
  for (const [name, choice] of Object.entries(choices)) {
    choice.subscribe((value) => {
      if (value === null) delete root.dataset[name];
      else root.dataset[name] = value;
    });
  }
}

/** Whether motion that nobody started is unwanted. */
export function prefersReducedMotion(): boolean {
  return isMotionReduced(motionChoice.value);
}

/** Whether clips start by themselves. */
export function autoplays(): boolean {
  return autoplayChoice.value !== 'off' && !prefersReducedMotion();
}

/** How fast clips play, 1 as they were made. */
export function speed(): number {
  return Number(playbackSpeed.value ?? 1);
}

/** Whether as little as can be is to be loaded: as chosen here, else as the browser was told. */
export function savesData(): boolean {
  return dataSaverChoice.value === null ? browserSavesData() : dataSaverChoice.value === 'on';
}

/** Whether the browser was told to load as little as it can. */
export function browserSavesData(): boolean {
  return (
    Reflect.get(connectionOf(), 'saveData') === true || matchMedia('(prefers-reduced-data: reduce)').matches
  );
}

/** The largest short side of pictures that is wanted now, in pixels: what was chosen counts where the connection is, or may be, mobile. */
export function largestSide(): number {
  const type: unknown = Reflect.get(connectionOf(), 'type');
  const isElsewhere = type === 'wifi' || type === 'ethernet';
  return mobileQuality.value === null || isElsewhere || !isHandheld()
    ? Number.POSITIVE_INFINITY
    : Number(mobileQuality.value);
}

const isHandheld = () => matchMedia('(pointer: coarse) and (hover: none)').matches;

/** What some browsers tell of the network. */
function connectionOf(): object {
  const connection: unknown = Reflect.get(navigator, 'connection');
  return typeof connection === 'object' && connection !== null ? connection : {};
}
