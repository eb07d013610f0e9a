import { aboutHead, blocksHead, privacyHead, rulesHead, transparencyHead } from './about.ts';
import { clipHead } from './clip.ts';
import type { Describe } from './describing.ts';
import { absentHead, homeHead, packHead, personalHead, profileHead, soundHead, tagHead } from './places.ts';
import { playlistHead } from './playlist.ts';

/**
 * Every address of the page, as the router of the web client knows them (web/src/app.tsx). All others are answered with the page, too, and with
 * 404: the page says that there is nothing.
 */
export const pageRoutes: Readonly<Record<string, Describe>> = {
  '/': homeHead,
  '/about': aboutHead,
  '/about/rules': rulesHead,
  '/about/privacy': privacyHead,
  '/about/blocks': blocksHead,
  '/about/transparency': transparencyHead,
  '/search': personalHead,
  '/find': personalHead,
  '/tags/:tag': tagHead,
  '/tag/:tag': tagHead,
  '/sounds/:id': soundHead,
  '/packs': personalHead,
  '/packs/:id': packHead,
  '/copyright': personalHead,
  '/copyright/claim': personalHead,
  '/inbox': personalHead,
  '/playlists/:id': playlistHead,
  '/directory': personalHead,
  '/authorize_interaction': personalHead,
  '/library/:list': personalHead,
  '/studio': personalHead,
  '/studio/:id': personalHead,
  '/studio/:id/analytics': personalHead,
  '/settings': personalHead,
  '/settings/:page': personalHead,
  '/welcome': personalHead,
  '/record': personalHead,
  '/upload': personalHead,
  '/login': personalHead,
  '/register': personalHead,
  '/invite/:code': personalHead,
  '/admin': personalHead,
  '/admin/:page': personalHead,
  '/admin/:page/:id': personalHead,
  '/@:handle': profileHead,
  '/@:handle/followers': profileHead,
  '/@:handle/following': profileHead,
  '/@:handle/:id': clipHead,
  '/@:handle/:id/remixes': personalHead,
  '/*path': absentHead,
};
