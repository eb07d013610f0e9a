import type { Words } from './words.ts';

export const fr: Words = {
  clipBy: (name) => `Clip de ${name}`,
  replyBy: (name) => `Réponse de ${name}`,
  covered: (handle) => `Un clip de ${handle}`,
  coveredText:
    'Selon la personne qui l’a publié, ce clip n’est pas pour tout le monde. Ouvrez la page pour décider.',
  profile: (clips, followers) => `Clips : ${clips}, abonné·e·s : ${followers}`,
  tag: (tag, server) => `Clips avec #${tag} sur ${server}`,
  unnamedSound: 'Son',
  pack: (size, handle) => `${size} personnes, réunies par ${handle}`,
  originalSound: (handle) => `Son original de ${handle}`,
  sound: (server) => `Clips avec ce son sur ${server}`,
  playlist: (clips, owner) => `Playlist de ${owner}, ${clips} clips`,
  notEmbedded: 'Ce clip n’est pas ici',
  notEmbeddedText: 'Il a été supprimé ou n’est pas destiné à d’autres pages.',
  embedCovered: 'Selon la personne qui l’a publié, ce clip n’est pas pour tout le monde.',
  embedWithheld: 'En raison de sa bande sonore, ceci n’est pas proposé dans le pays où vous êtes.',
  watchOn: (server) => `Regarder sur ${server}`,
  open: (server) => `Ouvrir ${server}`,
  app: { upload: 'Importer un clip', inbox: 'Activité', search: 'Recherche' },
  about: {
    server: (server) => `À propos de ${server}`,
    rules: (server) => `Règles de ${server}`,
    privacy: (server) => `Confidentialité sur ${server}`,
    blocks: (server) => `Serveurs que ${server} limite`,
    transparency: (server) => `Ce qui a été fait sur ${server}, en chiffres`,
  },
  needsScript: 'Cette page a besoin de JavaScript pour lire les clips.',
};
