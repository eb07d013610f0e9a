import { installPrompt } from '../state/installing.ts';

/** Has the browser ask whether the page is to be installed. It asks once for each visit. */
export async function install(): Promise<void> {
  const prompt = installPrompt.peek();
  installPrompt.value = null;
  await prompt?.prompt();
}

/** Whether the page is open as an app. */
export const isInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches || Reflect.get(navigator, 'standalone') === true;

/** iPads say that they are computers of Apple, with more fingers than those have. */
export const isIos = ({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): boolean =>
  /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
