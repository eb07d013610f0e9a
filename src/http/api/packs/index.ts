import type { Route } from '../../route.ts';
import { packs } from './packs.ts';
import { exportPack, exportPackCsv, importPack, readPack } from './transfer.ts';

/** Starter packs. Words below `/packs/` stand before ids. */
const { packsWithMe, ...others } = packs;
export const packRoutes: readonly Route[] = [
  ...[packsWithMe, exportPack, exportPackCsv, importPack, readPack],
  ...Object.values(others),
];
