import type { Words } from './words.ts';

export const en: Words = {
  clipBy: (name) => `Clip by ${name}`,
  replyBy: (name) => `Reply by ${name}`,
  covered: (handle) => `A clip by ${handle}`,
  coveredText: 'Its author says that this clip is not for everybody. Open the page to decide.',
  profile: (clips, followers) => `${clips} clips, ${followers} followers`,
  tag: (tag, server) => `Clips with #${tag} on ${server}`,
  originalSound: (handle) => `Original sound of ${handle}`,
  sound: (server) => `Clips with this sound on ${server}`,
  notEmbedded: 'This clip is not here',
  notEmbeddedText: 'It was deleted, or is not for other pages.',
  embedCovered: 'Its author says that this clip is not for everybody.',
  watchOn: (server) => `Watch on ${server}`,
  open: (server) => `Open ${server}`,
  app: { upload: 'Upload a clip', inbox: 'Inbox', search: 'Search' },
  about: {
    server: (server) => `About ${server}`,
    rules: (server) => `Rules of ${server}`,
    privacy: (server) => `Privacy on ${server}`,
    blocks: (server) => `Servers that ${server} limits`,
    transparency: (server) => `What was done on ${server}, in numbers`,
  },
  needsScript: 'This page needs JavaScript to play clips.',
};
