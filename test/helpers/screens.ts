import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { pageRoutes } from '../../src/http/page/routes.ts';
import { untilInPage } from './browser.ts';
import type { LivedIn } from './lived-in.ts';
import { createOAuthClient } from './oauth.ts';
import {
  chooseVideo,
  cropPicture,
  key,
  menuItem,
  openDialogOf,
  pressButton,
  reads,
  reportStep,
  sees,
  settled,
  tilesAreThere,
  unfold,
} from './screen-steps.ts';

/** A state of the page that people meet, and how it is come by. */
export interface Screen {
  readonly name: string;
  /** As whom: Nora, who runs the server of `lived-in.ts` and has something of everything, or a visitor. */
  readonly who: 'nora' | 'visitor';
  readonly path: string;
  /** A heading that it has, whatever its level: what is looked at is what is meant. */
  readonly heading: string | RegExp;
  /** What is opened on it, in turn; each ends once that is there. */
  readonly steps?: readonly ((page: Page) => Promise<void>)[];
  /** Written by the server without a script: it knows no themes by attribute. */
  readonly isPlain?: true;
}

type More = Omit<Screen, 'name' | 'who' | 'path' | 'heading'>;

/** The screen of an address, of which the name is taken where none is given. */
const screen =
  (who: Screen['who']) =>
  (path: string, heading: string | RegExp, more: More & { readonly name?: string } = {}): Screen => ({
    ...{ name: path, who, path, heading },
    ...more,
  });
const nora = screen('nora');
const visitor = screen('visitor');

/** All of them: each route, and what can be opened there. */
export function screensOf(site: LivedIn): Screen[] {
  return [
    ...clipScreens(site),
    ...discoverScreens(site),
    ...peopleScreens(),
    ...studioScreens(site),
    ...settingsScreens(),
    ...makingScreens(site),
    ...joiningScreens(site),
    ...plainScreens(site),
    nora('/admin', 'Overview', { steps: [tilesAreThere] }),
    nora('/admin/approvals', 'Sign-ups'),
    nora('/admin/storage', 'Storage'),
    nora('/admin/accounts', 'Accounts'),
    nora(`/admin/accounts/${site.nora.id}`, '@nora', { name: '/admin/accounts/:id' }),
    nora('/admin/roles', 'Roles'),
    nora('/admin/roles', 'New role', { name: 'make a role', steps: [pressButton('New role')] }),
    nora('/admin/audit', 'Log'),
    nora('/admin/approvals/1', 'Nothing here', { name: 'no page about a sign-up' }),
    nora('/admin/approvals', 'Reject @dora?', {
      name: 'reject a sign-up',
      steps: [pressButton('Reject @dora')],
    }),
    nora('/admin/videos', 'Videos'),
    nora('/admin/appeals', 'Appeals'),
    nora('/admin/claims', 'Copyright claims'),
    nora(`/admin/accounts/${site.nora.id}`, 'Act on this account', {
      ...{ name: 'act on an account', steps: [pressButton('Act')] },
    }),
    nora('/admin/queues', 'Queues'),
    nora('/admin/backups', 'Backups'),
    nora('/admin/server', 'Version'),
    nora('/admin/invites', 'Invites', { name: 'invites of everybody' }),
    nora('/admin/joining', 'Who may join'),
    nora('/admin/joining?kind=ip', 'Add networks', {
      name: 'add networks',
      steps: [pressButton('Add')],
    }),
    nora('/admin/hashes', 'Hash lists'),
    nora('/admin/hashes?view=matches', 'Hash lists', { name: 'what was kept away' }),
    nora('/admin/sounds', 'Sounds', { name: 'sounds and what was decided' }),
    nora(`/admin/sounds/${site.sound}`, 'Dawn chorus', { name: '/admin/sounds/:id' }),
    nora(`/admin/sounds/${site.sound}`, 'Decide about this sound', {
      ...{ name: 'decide about a sound', steps: [pressButton('Decide')] },
    }),
    nora(`/admin/sounds/${site.sound}`, 'Whose is this sound?', {
      ...{ name: 'say whose a sound is', steps: [pressButton('Say whose it is')] },
    }),
    nora('/admin/preferences', 'How you work'),
    nora('/admin/holds', 'Legal holds'),
    nora('/admin/holds', 'Hold something', {
      ...{ name: 'hold something', steps: [pressButton('Hold something')] },
    }),
    nora('/admin/deliveries', 'Deliveries'),
    nora('/admin/trends', 'Trends'),
    nora('/admin/ranking', 'Ranking'),
    nora('/admin/settings', 'Settings', { name: 'settings of the server' }),
    nora('/admin/about', 'Pages and look'),
    nora('/admin/announcements', 'Announcements'),
    nora('/admin/announcements', 'Write an announcement', {
      ...{ name: 'write an announcement', steps: [pressButton('Write an announcement')] },
    }),
    nora('/admin/servers', 'Servers'),
    nora('/admin/domains', 'Domains'),
    nora('/admin/domains', 'Decide about a domain', {
      name: 'decide about a domain',
      steps: [pressButton('Decide about a domain')],
    }),
    nora('/admin/domain-lists', 'Lists'),
    nora('/admin/relays', 'Relays'),
    nora('/admin/discovery', 'Discovery'),
    nora('/admin/services', 'Auxiliary services'),
    visitor('/about', /^About/),
    visitor('/about/rules', /^Rules of/),
    visitor('/about/privacy', /^Privacy on/),
    visitor('/about/blocks', /^Servers that/),
    nora('/about/transparency', /^What was done on/),
    visitor('/admin/approvals', 'Sign in first'),
    nora('/nowhere', 'Nothing here'),
  ];
}

function clipScreens({ own, other, warned }: LivedIn): Screen[] {
  const [ownPath, otherPath] = [`/@nora/${own}`, `/@ben/${other}`];
  const remotePath = `/@mika@film.example/${warned}`;
  return [
    visitor('/', 'For You'),
    nora('/', 'For You'),
    nora('/?feed=following', 'Following'),
    visitor('/?feed=local', 'Local'),
    nora('/', 'Keys', { name: 'help about keys', steps: [key('?')] }),
    nora('/', 'Why am I seeing this?', {
      name: 'why',
      steps: [menuItem('More', 'Why am I seeing this?'), reads('Every part of its score')],
    }),
    nora('/', /comments?$/i, { name: 'comments beside the feed', steps: [key('c')] }),
    nora(ownPath, 'Clip by @nora', { name: 'own clip' }),
    nora(ownPath, 'Captions', { name: 'language of captions', steps: [openDialogOf('Captions')] }),
    nora(ownPath, 'Captions and cover', {
      name: 'edit media',
      steps: [openDialogOf('Edit captions and cover')],
    }),
    nora(ownPath, 'Delete this clip?', { name: 'delete a clip', steps: [openDialogOf('Delete')] }),
    visitor(ownPath, 'Clip by @nora', { name: 'clip for visitors' }),
    nora(otherPath, 'Clip by @ben', { name: 'clip of another', steps: [menuItem('More')] }),
    nora(otherPath, 'Save to', { name: 'save to', steps: [menuItem('More', 'Save to…')] }),
    nora(otherPath, 'Share', {
      name: 'share',
      steps: [key('s'), unfold('QR code'), unfold('Embed on a web page')],
    }),
    visitor(otherPath, 'Share', { name: 'share as visitor', steps: [key('s')] }),
    nora(otherPath, 'Playback', { name: 'speed', steps: [openDialogOf(/^Playback/)] }),
    nora(otherPath, 'What do you want to report?', {
      name: 'report, what',
      steps: [menuItem('More', 'Report')],
    }),
    nora(otherPath, 'Why?', { name: 'report, why', steps: [menuItem('More', 'Report'), reportStep()] }),
    nora(otherPath, 'Anything else they should know?', {
      name: 'report, more',
      steps: [menuItem('More', 'Report'), reportStep(), reportStep('It is spam or deceit')],
    }),
    nora(otherPath, 'Thank you', {
      name: 'report, sent',
      steps: [
        menuItem('More', 'Report'),
        reportStep(),
        reportStep('It is spam or deceit'),
        pressButton('Send report'),
      ],
    }),
    nora(remotePath, 'Clip by @mika@film.example', { name: 'clip behind a warning' }),
  ];
}

function discoverScreens({ sound, playlist, pack }: LivedIn): Screen[] {
  return [
    visitor('/search', 'Search'),
    nora('/search', 'Trending clips'),
    nora('/search?q=birds', 'Search'),
    nora('/find', 'Trending clips'),
    nora('/tags/birds', '#birds'),
    visitor('/tag/birds', '#birds'),
    visitor(`/sounds/${sound}`, 'Dawn chorus'),
    nora(`/sounds/${sound}`, 'Your sound', {
      name: 'name the sound',
      steps: [pressButton('Name and rights')],
    }),
    visitor('/library/saved', 'Sign in first'),
    nora('/library/saved', 'Saved'),
    nora('/library/playlists', 'Playlists'),
    nora(`/playlists/${playlist}`, 'Winter birds', { name: 'own playlist' }),
    nora(`/playlists/${playlist}`, 'Edit playlist', {
      ...{ name: 'edit a playlist', steps: [pressButton('Edit playlist')] },
    }),
    visitor(`/playlists/${playlist}`, 'Winter birds', { name: 'playlist for visitors' }),
    nora('/packs', 'Starter packs'),
    visitor('/packs', 'Starter packs'),
    nora('/packs', 'New starter pack', {
      ...{ name: 'make a starter pack', steps: [pressButton('New starter pack')] },
    }),
    nora(`/packs/${pack}`, 'Bird people', { name: 'own starter pack' }),
    nora(`/packs/${pack}`, 'Share this starter pack', {
      ...{ name: 'share a starter pack', steps: [pressButton('Share')] },
    }),
    visitor(`/packs/${pack}`, 'Bird people', { name: 'starter pack for visitors' }),
    nora('/library/sounds', 'Sounds'),
    nora('/directory', 'Find people'),
    visitor('/directory?order=new', 'Find people', { name: 'directory for visitors' }),
    visitor('/authorize_interaction', 'Sign in first'),
    nora('/authorize_interaction?uri=ben', 'Open from another server'),
    nora('/library/liked', 'Liked'),
    nora('/library/history', 'History'),
    nora('/library/history', 'Clear your history?', {
      name: 'clear the history',
      steps: [pressButton('Clear history')],
    }),
  ];
}

function peopleScreens(): Screen[] {
  return [
    visitor('/inbox', 'Sign in first'),
    // Requests come with an answer of their own.
    nora('/inbox', 'Inbox', { steps: [sees('Accept @gus')] }),
    nora('/inbox?show=follows', 'They want to follow you', { steps: [sees('Accept @gus')] }),
    nora('/@nora', 'Nora of the birds'),
    nora('/@ben', 'ben'),
    nora('/@ben', 'ben', { name: 'menu of a profile', steps: [menuItem('More about @ben')] }),
    nora('/@ben', 'Block @ben?', { name: 'block', steps: [menuItem('More about @ben', 'Block @ben')] }),
    visitor('/@ben', 'Follow @ben from your server', {
      name: 'follow from another server',
      steps: [pressButton('Follow from your server')],
    }),
    nora('/@mika@film.example', 'mika'),
    visitor('/@nora/followers', 'Followers of @nora'),
    nora('/@nora/following', 'Followed by @nora'),
  ];
}

function studioScreens({ own, draft }: LivedIn): Screen[] {
  return [
    visitor('/studio', 'Sign in first'),
    nora('/studio', 'Your clips'),
    nora('/studio', 'Delete this clip?', {
      name: 'delete in the studio',
      steps: [menuItem(/^Actions for Snow/, 'Delete')],
    }),
    nora(`/studio/${own}`, 'Edit clip'),
    nora(`/studio/${draft}`, 'Edit clip'),
    nora('/studio/analytics', 'Analytics'),
    nora(`/studio/${own}/analytics`, /^Analytics: Snow/),
  ];
}

function settingsScreens(): Screen[] {
  const names = [...sourceOf('settings/pages.ts').matchAll(/\bname: '(\w+)'/g)].map(([, name]) => name);
  return [
    visitor('/settings', 'Settings'),
    nora('/settings', 'Settings'),
    ...names.map((name) => nora(`/settings/${name}`, /./)),
    visitor('/settings/profile', 'Sign in first'),
    visitor('/settings/appearance', 'Appearance'),
    nora('/settings/profile', 'Choose the part to show', { name: 'crop a picture', steps: [cropPicture] }),
    nora('/settings/security', 'Is it you?', { name: 'prove it', steps: [pressButton('Turn on')] }),
    nora('/settings/filters', 'Add a filter', { name: 'add a filter', steps: [pressButton('Add a filter')] }),
    nora('/settings/filters', /^Remove the filter/, {
      name: 'remove a filter',
      steps: [pressButton('Remove No spoilers')],
    }),
  ];
}

function makingScreens({ file, other, sound }: LivedIn): Screen[] {
  return [
    nora(`/record?duet=${other}`, 'Make a duet', { name: '/record?duet' }),
    nora(`/record?duet=${other}`, 'Make a duet', {
      name: 'camera beside a clip',
      steps: [pressButton('Turn on the camera'), sees('What the camera sees')],
    }),
    nora(`/record?stitch=${other}`, 'Stitch a clip', { name: '/record?stitch' }),
    nora(`/@ben/${other}/remixes`, 'Duets and stitches', { name: '/@:handle/:id/remixes' }),
    nora(`/record?sound=${sound}`, 'Make a clip with a sound', { name: '/record?sound' }),
    nora('/record', 'Choose a sound', { name: 'choose a sound', steps: [pressButton('Add a sound')] }),
    visitor('/record', 'Sign in first'),
    nora('/record', 'Record a clip'),
    nora('/record', 'Record a clip', {
      name: 'camera',
      steps: [pressButton('Turn on the camera'), sees('What the camera sees')],
    }),
    visitor('/upload', 'Sign in first'),
    nora('/upload', 'Upload a clip'),
    nora('/upload', 'Upload a clip', {
      name: 'upload, chosen',
      steps: [chooseVideo(file)],
    }),
  ];
}

function joiningScreens({ inviteCode }: LivedIn): Screen[] {
  return [
    visitor('/login', 'Sign in to Vireo'),
    visitor('/register', 'Join Vireo'),
    visitor(`/invite/${inviteCode}`, 'Join Vireo'),
    visitor('/welcome', 'Sign in first'),
    nora('/welcome', 'What do you like?'),
    nora('/welcome?step=people', 'Whom do you want to follow?', {
      steps: [sees('Follow @mika@film.example')],
    }),
    nora('/welcome?step=found', 'Who may find you?'),
    nora('/welcome?step=done', 'You are set'),
  ];
}

/** Pages without the web client. */
function plainScreens({ own, app, server, client }: LivedIn): Screen[] {
  const asked = new URLSearchParams(createOAuthClient(server, client).asked(app));
  return [
    visitor('/copyright', 'Copyright claim'),
    visitor('/copyright/claim', 'This page needs the whole link of the mail'),
    visitor(`/embed/${own}`, /^Snow on the roof/, { isPlain: true }),
    visitor('/about/algorithm', 'What you are shown, and why', { isPlain: true }),
    visitor('/auth/forgot', 'Forgot your password?', { isPlain: true }),
    visitor(`/oauth/authorize?${asked}`, 'Sign in', { name: 'authorize, sign in', isPlain: true }),
    nora(`/oauth/authorize?${asked}`, 'Allow Tusk?', { name: 'authorize, allow', isPlain: true }),
  ];
}

/** The routes that no screen opens: those the server knows, and those the router of the page knows. */
export function unopenedRoutes(screens: readonly Screen[]): string[] {
  const app = sourceOf('app.tsx');
  const places = /const PLACES = \[([^\]]*)\]/.exec(app)?.[1] ?? '';
  // Those of `Places` stand before what begins with a handle.
  const routed = [...places.matchAll(/'([^']+)'/g), ...app.matchAll(/<Route\s+path="([^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  const opened = (routes: readonly string[]) =>
    new Set(
      screens.map(({ path }) => routes.find((route) => patternOf(route).test(path.split('?')[0] ?? ''))),
    );
  const known = Object.keys(pageRoutes);
  const missing = (routes: readonly string[]) => {
    const met = opened(routes);
    return routes.filter((route) => !met.has(route));
  };
  return [...missing(known), ...missing(routed)];
}

/** The tests are compiled without the page, which is of another kind of TypeScript. */
const sourceOf = (name: string) => readFileSync(new URL(`../../web/src/${name}`, import.meta.url), 'utf8');

/** `:name` is one part of an address, `*name` all that is left. */
const patternOf = (route: string) =>
  new RegExp(`^${route.replace(/\*\w+/g, '.+').replace(/:\w+/g, '[^/]+')}$`);

/** Opens a screen and waits until it shows what is meant. */
export async function openScreen(page: Page, { path, heading, steps = [] }: Screen): Promise<void> {
  await page.goto(path);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await untilInPage(page, () => !document.querySelector('main [role=status] [aria-hidden=true]'));
  for (const step of steps) await step(page);
  await page.getByRole('heading', { name: heading, exact: true }).first().waitFor({ state: 'attached' });
  await settled(page);
}
