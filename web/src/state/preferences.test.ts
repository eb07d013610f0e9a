import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as Preferences from './preferences.ts';

const kept = new Map<string, string>();
let connection: object = {};
let matching: readonly string[] = [];

/** The module as a visit finds it. */
async function visit(): Promise<typeof Preferences> {
  vi.resetModules();
  return import('./preferences.ts');
}

beforeEach(() => {
  kept.clear();
  connection = {};
  matching = [];
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal('navigator', {
    get connection() {
      return connection;
    },
  });
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: matching.some((part) => query.includes(part)),
  }));
});

// Files share their globals.
afterEach(() => void vi.unstubAllGlobals());

describe('what somebody chose', () => {
  test('outlives the visit, and what is no choice is none', async () => {
    (await visit()).playbackSpeed.value = '1.5';
    expect((await visit()).speed()).toBe(1.5);
    kept.set('vireo.speed', '7');
    expect((await visit()).speed()).toBe(1);
  });

  test('sound: on as last time, unless each visit is to begin without', async () => {
    (await visit()).soundChoice.value = 'on';
    expect((await visit()).soundChoice.value).toBe('on');
    (await visit()).startMuted.value = 'on';
    expect((await visit()).soundChoice.value).toBe(null);
  });

  test('data: as chosen, else as the browser was told', async () => {
    const preferences = await visit();
    expect(preferences.savesData()).toBe(false);
    connection = { saveData: true };
    expect(preferences.savesData()).toBe(true);
    preferences.dataSaverChoice.value = 'off';
    expect(preferences.savesData()).toBe(false);
    connection = {};
    preferences.dataSaverChoice.value = 'on';
    expect(preferences.savesData()).toBe(true);
  });

  test('motion: as chosen, else as the device says; clips start by themselves only where things may move', async () => {
    const preferences = await visit();
    expect(preferences.autoplays()).toBe(true);
    matching = ['prefers-reduced-motion'];
    expect(preferences.autoplays()).toBe(false);
    preferences.motionChoice.value = 'allow';
    expect(preferences.autoplays()).toBe(true);
    preferences.autoplayChoice.value = 'off';
    expect(preferences.autoplays()).toBe(false);
  });

  test('size: what was chosen counts for devices in the hand, but not on a network that costs nothing', async () => {
    const preferences = await visit();
    matching = ['pointer: coarse'];
    expect(preferences.largestSide()).toBe(Number.POSITIVE_INFINITY);
    preferences.mobileQuality.value = '480';
    expect(preferences.largestSide()).toBe(480);
    connection = { type: 'wifi' };
    expect(preferences.largestSide()).toBe(Number.POSITIVE_INFINITY);
    connection = { type: 'cellular' };
    expect(preferences.largestSide()).toBe(480);
    matching = [];
    expect(preferences.largestSide()).toBe(Number.POSITIVE_INFINITY);
  });

  test('the document says how it is to look, now and after each change', async () => {
    const preferences = await visit();
    const root = { dataset: {} as Record<string, string> };
    preferences.themeChoice.value = 'dark';
    preferences.applyPreferences(root as unknown as HTMLElement);
    expect(root.dataset).toEqual({ theme: 'dark' });
    preferences.themeChoice.value = null;
    preferences.captionsStyle.value = 'large-solid';
    expect(root.dataset).toEqual({ captions: 'large-solid' });
  });
});
