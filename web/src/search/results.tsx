import { useState } from 'preact/hooks';
import { count } from '../format.ts';
import { PackList } from '../packs/pack-card.tsx';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { me } from '../state/session.ts';
import { AccountList } from '../ui/account/account-list.tsx';
import { Button } from '../ui/button.tsx';
import { More } from '../ui/more.tsx';
import { Notice, VisuallyHidden } from '../ui/page.tsx';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type Filters, isFiltered } from './filters.ts';
import { say } from './say.ts';
import styles from './search.module.css';
import type { Found } from './searching.ts';
import { SoundList } from './sound-list.tsx';
import { TagList } from './tag-list.tsx';

type Kind = 'accounts' | 'clips' | 'tags' | 'sounds' | 'packs';

interface ResultsProps {
  readonly found: Found;
  readonly busy: boolean;
  readonly filters: Filters;
  readonly onFilters: (filters: Filters) => void;
  readonly onAsk: () => void;
  /** Somebody goes to something that was found. */
  readonly onOpen: () => void;
}

/** What was found, by kind. Until somebody chooses, the first kind of which there is something. */
export function Results({ found, busy, filters, onFilters, onAsk, onOpen }: ResultsProps) {
  const [chosen, setChosen] = useState<Kind | null>(null);
  const { accounts, clips, tags, sounds, packs, wish } = found;
  const sizes = {
    accounts: accounts.items.value.length,
    clips: clips.items.value.length,
    tags: tags.items.value.length,
    sounds: sounds.items.value.length,
    packs: packs.items.value.length,
  };
  const kinds: readonly Kind[] =
    wish.kind === 'words'
      ? ['clips', 'accounts', 'tags', 'sounds', 'packs']
      : wish.kind === 'hashtag'
        ? ['tags', 'clips', 'accounts', 'packs']
        : ['accounts', 'clips', 'tags'];
  const failed = kinds.find((kind) => found[kind].phase.value === 'failed');
  // Who narrows clips down looks at clips, and finds the filters there again.
  const narrowed = isFiltered(filters) ? 'clips' : undefined;
  const best = narrowed ?? kinds.find((kind) => sizes[kind] > 0) ?? failed ?? kinds[0];
  const current = chosen ?? best ?? 'accounts';
  const hasNone = (kind: Kind) => sizes[kind] === 0 && found[kind].phase.value === 'ended';
  const isMore = (kind: Kind) => found[kind].phase.value === 'ready';
  return (
    <>
      <AskElsewhere found={found} busy={busy} onAsk={onAsk} />
      <p role="status">
        <VisuallyHidden>
          {busy || failed
            ? ''
            : kinds.every((kind) => sizes[kind] === 0)
              ? say('none', { text: wish.text })
              : say('found', sizes)}
        </VisuallyHidden>
      </p>
      <Tabs
        label={say('results')}
        current={current}
        onChange={setChosen}
        tabs={kinds.map((id) => ({
          id,
          label: say(id),
          ...(sizes[id] > 0 ? { count: count(sizes[id]) + (isMore(id) ? '+' : '') } : {}),
        }))}
      />
      <TabPanel id={current}>
        {current === 'accounts' && <Accounts found={found} onOpen={onOpen} />}
        {current === 'clips' && (
          <>
            {(wish.kind === 'words' || wish.kind === 'hashtag') && (
              <FilterBar filters={filters} onChange={onFilters} />
            )}
            {found.corrected !== null && (
              <p class={styles.corrected}>
                {say('corrected', { text: wish.text, corrected: found.corrected })}
              </p>
            )}
            <PosterGrid
              pages={clips}
              label={say('clips')}
              empty={
                <Notice
                  icon="play"
                  title={say('noClips')}
                  text={say(isFiltered(filters) ? 'noClipsFiltered' : 'noClipsText')}
                />
              }
            />
          </>
        )}
        {current === 'sounds' && (
          <>
            <SoundList sounds={sounds.items.value} onOpen={onOpen} />
            {hasNone('sounds') && <Notice icon="search" title={say('noSounds')} text={say('noSoundsText')} />}
            <More pages={sounds} label={say('sounds')} />
          </>
        )}
        {current === 'packs' && (
          <>
            {sizes.packs > 0 && <PackList packs={packs.items.value} label={say('packs')} onOpen={onOpen} />}
            {hasNone('packs') && <Notice icon="search" title={say('noPacks')} text={say('noPacksText')} />}
            <More pages={packs} label={say('packs')} />
          </>
        )}
        {current === 'tags' && (
          <>
            <TagList tags={tags.items.value} onOpen={onOpen} />
            {hasNone('tags') && <Notice icon="search" title={say('noTags')} text={say('noTagsText')} />}
            <More pages={tags} label={say('tags')} />
          </>
        )}
      </TabPanel>
    </>
  );
}

function Accounts({ found, onOpen }: { found: Found; onOpen: () => void }) {
  const { accounts, wish, resolved } = found;
  const reason =
    wish.kind === 'handle' && resolved
      ? say('noHandleText', { text: wish.text })
      : wish.kind === 'address'
        ? say('noAddressText')
        : say('noAccountsText');
  return (
    <AccountList
      pages={accounts}
      label={say('accounts')}
      more={say('moreAccounts')}
      onOpen={onOpen}
      empty={<Notice icon="person" title={say('noAccounts')} text={reason} />}
    />
  );
}

/** Offers to ask the server that something written belongs to. */
function AskElsewhere({
  found: { wish, resolved },
  busy,
  onAsk,
}: Pick<ResultsProps, 'found' | 'busy' | 'onAsk'>) {
  if ((wish.kind !== 'handle' && wish.kind !== 'address') || resolved) return null;
  const { host } = wish;
  if (host === location.host) return null;
  if (!me.value) return <p class={styles.ask}>{say('signInToAsk', { host })}</p>;
  return (
    <div class={styles.ask}>
      <p>{say('askHint')}</p>
      <Button look="quiet" icon="globe" busy={busy} onPress={onAsk}>
        {say('ask', { host })}
      </Button>
    </div>
  );
}
