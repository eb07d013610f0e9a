import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Page } from '../../ui/page.tsx';
import { may } from '../permissions.ts';
import { say } from '../say.ts';
import styles from './overview.module.css';
import { type OverviewTile, overviewTiles } from './tiles.ts';

/** How the server does, for everybody of the staff as far as the role goes. */
export function OverviewPage() {
  return (
    <Page title={say('overview')} width="wide">
      <div class={styles.tiles}>
        {overviewTiles.map((tile, at) => may(tile.needs) && <Tile key={at} tile={tile} />)}
      </div>
    </Page>
  );
}

/** A tile that does not come is left out: the page it leads to is in the navigation. */
function Tile({ tile }: { tile: OverviewTile }) {
  const [Part, setPart] = useState<ComponentType | null>(null);
  useEffect(() => {
    tile.load().then(
      (part) => setPart(() => part),
      () => undefined,
    );
  }, [tile]);
  return Part && <Part />;
}
