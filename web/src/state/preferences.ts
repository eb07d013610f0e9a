import { type Signal, signal } from '@preact/signals';

/** What somebody chose about sound; `null` as long as they did not. */
export type SoundChoice = 'on' | 'off' | null;

/** A value that outlives the visit where the browser lets us store it. */
function remembered<T extends string | null>(key: string, read: (stored: string | null) => T): Signal<T> {
  const value = signal(read(stored(key)));
  value.subscribe((current) => store(key, current));
  return value;
}

/** Reads from local storage; `null` where it is empty or forbidden. */
export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Writes to local storage, `null` removes; where storage is forbidden or full the value lives as long as the page. */
export function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    return;
  }
}

const oneOf =
  <T extends string>(...values: T[]) =>
  (stored: string | null): T | null =>
    values.find((value) => value === stored) ?? null;

/** Sound, as last chosen. */
export const soundChoice = remembered<SoundChoice>('vireo.sound', oneOf('on', 'off'));

/** Captions, as last chosen; `null` as long as nobody did. */
export const captionsChoice = remembered<'on' | 'off' | null>('vireo.captions', oneOf('on', 'off'));

/** The language of captions that was chosen last (BCP 47). */
export const captionsLanguage = remembered<string | null>('vireo.captions-language', (language) => language);

/** Whether single letters are keys; WCAG 2.1.4 wants them to be switched off by who writes by voice. */
export const letterKeys = remembered<'off' | null>('vireo.letter-keys', oneOf('off'));

/** Whether motion that nobody started is unwanted. */
export function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Whether little shall be loaded, as last chosen; `null`: as the browser was told. */
export const dataSaver = remembered<'on' | 'off' | null>('vireo.data-saver', oneOf('on', 'off'));

/** Whether clips start by themselves; `null`: they do. */
export const autoplay = remembered<'off' | null>('vireo.autoplay', oneOf('off'));

/** How fast clips can be played. */
export const speeds = ['0.5', '0.75', '1', '1.25', '1.5', '2'] as const;

/** How fast clips are played, as last chosen. */
export const speedChoice = remembered<(typeof speeds)[number] | null>('vireo.speed', oneOf(...speeds));

/** Whether clips may start without a press: nobody said otherwise, here or in the system. */
export function startsByItself(): boolean {
  return autoplay.value === null && !prefersReducedMotion();
}

/** Whether as little as possible is to be loaded: as chosen here, else as the browser was told. */
export function savesData(): boolean {
  if (dataSaver.value !== null) return dataSaver.value === 'on';
  const connection: unknown = Reflect.get(navigator, 'connection');
  const asked = typeof connection === 'object' && connection !== null && Reflect.get(connection, 'saveData');
  return asked === true || matchMedia('(prefers-reduced-data: reduce)').matches;
}
