import { Page } from '../../ui/page.tsx';
import { Packs } from './packs.tsx';
import { Peers } from './peers.tsx';
import { say } from './say.ts';

/** How this server gets to know what people watch elsewhere. */
export function DiscoveryPage() {
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <Peers>
        <Packs />
      </Peers>
    </Page>
  );
}
