import type { Words } from './words.ts';

export const de: Words = {
  clipBy: (name) => `Clip von ${name}`,
  replyBy: (name) => `Antwort von ${name}`,
  covered: (handle) => `Ein Clip von ${handle}`,
  coveredText:
    'Wer diesen Clip gemacht hat, sagt: Er ist nicht für alle geeignet. Öffne die Seite und entscheide selbst.',
  profile: (clips, followers) => `Clips: ${clips}, Follower: ${followers}`,
  tag: (tag, server) => `Clips mit #${tag} auf ${server}`,
  unnamedSound: 'Ton',
  pack: (size, handle) => `${size} Leute, zusammengestellt von ${handle}`,
  originalSound: (handle) => `Originalton von ${handle}`,
  sound: (server) => `Clips mit diesem Sound auf ${server}`,
  playlist: (clips, owner) => `Playlist von ${owner}, ${clips} Clips`,
  notEmbedded: 'Dieser Clip ist nicht hier',
  notEmbeddedText: 'Er wurde gelöscht oder ist nicht für andere Seiten bestimmt.',
  embedCovered: 'Wer diesen Clip gemacht hat, sagt: Er ist nicht für alle geeignet.',
  embedWithheld: 'Wegen des Sounds gibt es das in dem Land, in dem du bist, nicht.',
  watchOn: (server) => `Auf ${server} ansehen`,
  open: (server) => `${server} öffnen`,
  app: { upload: 'Clip hochladen', inbox: 'Posteingang', search: 'Suche' },
  about: {
    server: (server) => `Über ${server}`,
    rules: (server) => `Regeln von ${server}`,
    privacy: (server) => `Datenschutz auf ${server}`,
    blocks: (server) => `Server, die ${server} einschränkt`,
    transparency: (server) => `Was auf ${server} geschah, in Zahlen`,
  },
  needsScript: 'Diese Seite braucht JavaScript, um Clips abzuspielen.',
};
