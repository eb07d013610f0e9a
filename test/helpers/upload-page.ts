import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Processing } from '../../web/src/api/types.ts';
import { fakeAccount, fakeCredentials } from './fake-entities.ts';
import type { WebSite } from './web-site.ts';

export const MIB = 1024 * 1024;
/** Whoever uploads. */
export const alice = fakeAccount('1', 'alice');
/** The id that the fake server gives to every upload. */
export const VIDEO_ID = '900';

export type ChosenFile = string | { name: string; mimeType: string; buffer: Buffer };

/** The field behind a button is not for people, and has the same label. */
export const chooseAs = (page: Page, label: string | RegExp, files: ChosenFile) =>
  page.locator('input[type=file]').and(page.getByLabel(label)).setInputFiles(files);

export const choose = (page: Page, files: ChosenFile) => chooseAs(page, /^Choose (a|another) video$/, files);

/** How far the server is with the clip. */
export const processing = (changes: Partial<Processing>): Processing => ({
  ...{ id: VIDEO_ID, state: 'processing', stage: null, percent: 0, reason: null, detail: null },
  ...{ playable: false, done: false, sizes: { made: [], planned: [] } },
  ...{ status_url: `/api/v1/statuses/${VIDEO_ID}`, url: `/@alice/${VIDEO_ID}` },
  ...changes,
});

/** What tests of the upload page do with the site that it is on. */
export function uploadsOn(site: WebSite) {
  return {
    signIn() {
      site.api.state.accounts = [alice];
      site.api.state.me = fakeCredentials(alice);
    },
    /** Bytes that no browser can play; the fake server does not look at them. */
    makeFile(name: string, size: number): string {
      const path = join(site.directory, name);
      writeFileSync(path, Buffer.alloc(size, 7));
      return path;
    },
    /** Holds every PATCH back; gives the function that lets them go. */
    holdUploads(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      site.api.state.gate = promise;
      return () => {
        site.api.state.gate = null;
        resolve();
      };
    },
    onlyUpload: () => [...site.api.state.uploads.values()][0],
  };
}
