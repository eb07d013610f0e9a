import type { Words } from './words.ts';

export const es: Words = {
  clipBy: (name) => `Clip de ${name}`,
  replyBy: (name) => `Respuesta de ${name}`,
  covered: (handle) => `Un clip de ${handle}`,
  coveredText: 'Quien lo publicó dice que este clip no es para todo el mundo. Abre la página y decide.',
  profile: (clips, followers) => `Clips: ${clips}, seguidores: ${followers}`,
  tag: (tag, server) => `Clips con #${tag} en ${server}`,
  originalSound: (handle) => `Sonido original de ${handle}`,
  sound: (server) => `Clips con este sonido en ${server}`,
  notEmbedded: 'Este clip no está aquí',
  notEmbeddedText: 'Se ha eliminado o no es para otras páginas.',
  embedCovered: 'Quien lo publicó dice que este clip no es para todo el mundo.',
  watchOn: (server) => `Ver en ${server}`,
  open: (server) => `Abrir ${server}`,
  app: { upload: 'Subir un clip', inbox: 'Actividad', search: 'Buscar' },
  about: {
    server: (server) => `Acerca de ${server}`,
    rules: (server) => `Normas de ${server}`,
    privacy: (server) => `Privacidad en ${server}`,
    blocks: (server) => `Servidores que ${server} limita`,
    transparency: (server) => `Lo que se hizo en ${server}, en números`,
  },
  needsScript: 'Esta página necesita JavaScript para reproducir clips.',
};
