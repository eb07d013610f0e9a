import { expect, test } from 'vitest';
import { settingsEntry, settingsGroups } from './pages.ts';
import { english } from './words.ts';

const names = (who: Parameters<typeof settingsGroups>[0]) =>
  settingsGroups(who).flatMap(({ entries }) => entries.map(({ name }) => name));

test('visitors see what is about their device, and nothing else', () => {
  expect(names({ isSignedIn: false, mayInvite: false })).toEqual([
    'language',
    'playback',
    'accessibility',
    'appearance',
    'app',
  ]);
});

test('people see every page, that of invites only where they may invite', () => {
  const all = names({ isSignedIn: true, mayInvite: true });
  expect(all).toHaveLength(20);
  expect(new Set(all).size).toBe(20);
  expect(names({ isSignedIn: true, mayInvite: false })).toEqual(all.filter((name) => name !== 'invites'));
  for (const name of all) {
    const entry = settingsEntry(name);
    expect(entry && english[entry.title] && english[entry.about], name).toBeTruthy();
  }
  expect(settingsEntry('constructor')).toBeUndefined();
});
