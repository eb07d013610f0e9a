/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  updateReady: 'A new version is ready.',
  reload: 'Reload',
  installOffer: 'Put {server} on your home screen?',
  install: 'Install',

  app: 'App',
  onDevice: 'This is about this device alone.',
  installTitle: 'On the home screen',
  installText: 'It opens like any other app, in a window of its own, also without a connection.',
  installed: 'You are using the installed app.',
  installHere: 'In the menu of your browser, choose to install this page or to add it to the home screen.',
  installIos: 'Press Share in Safari, then “Add to Home Screen”.',
  version: 'Version',
  upToDate: 'This is the newest version.',
  noWorker: 'This browser keeps nothing of this page for later.',
  offlineTitle: 'Without a connection',
  offlineText:
    'The pages, and the covers of the clips that you saw first the last time, are kept on this device; clips are not. What you like, save and whom you follow is sent later. Signing out removes all of it.',

  offline: 'You are offline',
  offlineClips: 'These clips wait for you. They play as soon as there is a connection.',
  offlineNothing: 'Clips are shown as soon as there is a connection.',
  seenAt: 'As it was {when}',

  online: 'You are back online.',
  followLater: 'Kept. It is sent as soon as you are online.',

  push: 'On this device',
  pushText: 'You are told while the page is closed, too.',
  pushOn: 'Notifications on this device',
  pushDenied:
    'Your browser does not let this page notify you. You can change that in the settings of the browser.',
  pushFailed: 'Your browser could not set this up. Check its settings for notifications and try again.',
  pushIos: 'Add this page to your home screen first: press Share in Safari, then “Add to Home Screen”.',
  pushImpossible: 'This browser cannot notify you while the page is closed.',
  pushKinds: 'What you are told of there',
  pushMention: 'Mentions and comments',
  pushFollow: 'New followers',
  pushFollowRequest: 'People who ask to follow me',
  pushFavourite: 'Likes',
  pushReblog: 'Clips of mine that are passed on',
  pushStatus: 'Clips of people I follow closely',
  pushQuote: 'Duets and stitches with my clips',
  pushUpdate: 'Changes of clips I passed on',
  pushPublished: 'My clips are ready',
  pushRejected: 'A clip of mine could not be made',
} as const;
