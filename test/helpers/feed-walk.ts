import type { Page } from 'playwright-core';
import { untilInPage } from './browser.ts';

/** Where a finger goes, as parts of the height of the screen. */
const SWIPE = { from: 0.8, to: 0.2, steps: 8 } as const;

/** The id of the clip that fills the screen, once it has another place than the last. */
export async function clipAfter(page: Page, lastId: string | null): Promise<string> {
  const found = await untilInPage(
    page,
    (last) => {
      const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
      const id = middle?.closest('article')?.dataset.id;
      return id !== undefined && id !== last && id;
    },
    lastId,
  );
  return found;
}

/** Waits until so many seconds of this clip were played, and the page was told of them. */
export async function watchFor(page: Page, id: string, seconds: number): Promise<void> {
  await untilInPage(
    page,
    ({ id, seconds }) => {
      const video = document.querySelector<HTMLVideoElement>(`article[data-id="${id}"] video`);
      if (!video || video.paused) return false;
      return new Promise<boolean>((done) => {
        let played = 0;
        let last = video.currentTime;
        const look = () => {
          played += Math.max(0, video.currentTime - last);
          last = video.currentTime;
          if (played < seconds) return;
          video.removeEventListener('timeupdate', look);
          done(true);
        };
        video.addEventListener('timeupdate', look);
      });
    },
    { id, seconds },
  );
}

/** Moves a finger from the lower part of the screen to the upper one. */
export async function swipeUp(page: Page): Promise<void> {
  const size = page.viewportSize();
  if (!size) throw new Error('The page has no size.');
  const cdp = await page.context().newCDPSession(page);
  const x = size.width / 2;
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', part: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x, y: size.height * part }],
    });
  await touch('touchStart', SWIPE.from);
  for (let step = 1; step <= SWIPE.steps; step += 1) {
    await touch('touchMove', SWIPE.from + ((SWIPE.to - SWIPE.from) * step) / SWIPE.steps);
  }
  await touch('touchEnd', SWIPE.to);
  await cdp.detach();
}
