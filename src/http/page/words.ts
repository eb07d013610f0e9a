/** What stands in the head of pages, for readers of links and of search results. */
export const words = {
  clipBy: (name: string) => `Clip by ${name}`,
  replyBy: (name: string) => `Reply by ${name}`,
  covered: (handle: string) => `A clip by ${handle}`,
  coveredText: 'Its author says that this clip is not for everybody. Open the page to decide.',
  profile: (clips: string, followers: string) => `${clips} clips, ${followers} followers`,
  tag: (tag: string, server: string) => `Clips with #${tag} on ${server}`,
  originalSound: (handle: string) => `Original sound of ${handle}`,
  sound: (server: string) => `Clips with this sound on ${server}`,
  notEmbedded: 'This clip is not here',
  notEmbeddedText: 'It was deleted, or is not for other pages.',
  embedCovered: 'Its author says that this clip is not for everybody.',
  watchOn: (server: string) => `Watch on ${server}`,
  open: (server: string) => `Open ${server}`,
  /** Ways into the installed page, as launchers list them. */
  app: { upload: 'Upload a clip', inbox: 'Inbox', search: 'Search' },
} as const;
