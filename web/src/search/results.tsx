import { useState } from 'preact/hooks';
import { count } from '../format.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { me } from '../state/session.ts';
import { AccountList } from '../ui/account/account-list.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { signInPath } from '../ui/links.ts';
import { More } from '../ui/more.tsx';
import { Notice, VisuallyHidden } from '../ui/page.tsx';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { say } from './say.ts';
import styles from './search.module.css';
import type { Found } from './searching.ts';
import { TagList } from './tag-list.tsx';

type Kind = 'accounts' | 'clips' | 'tags';

interface ResultsProps {
  readonly found: Found;
  readonly busy: boolean;
  readonly onAsk: () => void;
  /** Somebody goes to something that was found. */
  readonly onOpen: () => void;
}

/** What was found, by kind. Until somebody chooses, the first kind of which there is something. */
export function Results({ found, busy, onAsk, onOpen }: ResultsProps) {
  const [chosen, setChosen] = useState<Kind | null>(null);
  const { accounts, clips, tags, wish } = found;
  const sizes = {
    accounts: accounts.items.value.length,
    clips: clips.items.value.length,
    tags: tags.items.value.length,
  };
  const kinds: readonly Kind[] =
    wish.kind === 'hashtag' ? ['tags', 'clips', 'accounts'] : ['accounts', 'clips', 'tags'];
  const failed = accounts.phase.value === 'failed';
  const best = failed ? 'accounts' : (kinds.find((kind) => sizes[kind] > 0) ?? kinds[0]);
  const current = chosen ?? best ?? 'accounts';
  const isMore = (kind: Kind) => found[kind].phase.value === 'ready';
  return (
    <>
      <AskElsewhere found={found} busy={busy} onAsk={onAsk} />
      <p role="status">
        <VisuallyHidden>
          {busy || failed
            ? ''
            : sizes.accounts + sizes.clips + sizes.tags === 0
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
          <PosterGrid
            pages={clips}
            label={say('clips')}
            empty={<Notice icon="play" title={say('noClips')} text={say('noClipsText')} />}
          />
        )}
        {current === 'tags' && (
          <>
            <TagList tags={tags.items.value} onOpen={onOpen} />
            {sizes.tags === 0 && <Notice icon="search" title={say('noTags')} text={say('noTagsText')} />}
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
        : me.value
          ? say('noAccountsText')
          : say('signInForMore');
  return (
    <AccountList
      pages={accounts}
      label={say('accounts')}
      more={say('moreAccounts')}
      onOpen={onOpen}
      empty={
        <Notice icon="person" title={say('noAccounts')} text={reason}>
          {!me.value && <ButtonLink href={signInPath()}>{say('signIn')}</ButtonLink>}
        </Notice>
      }
    />
  );
}

/** Offers to ask the server that something written belongs to. */
function AskElsewhere({ found: { wish, resolved }, busy, onAsk }: Omit<ResultsProps, 'onOpen'>) {
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
