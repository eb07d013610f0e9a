import { useState } from 'preact/hooks';
import type { Pack } from '../api/schema.gen.ts';
import type { Account } from '../api/types.ts';
import { refreshRelationships, relationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { signInPath } from '../ui/links.ts';
import { packCalls } from './calls.ts';
import { isAnyLeft } from './left-to-follow.ts';
import { say } from './say.ts';

/** Follows everybody in a starter pack, where somebody is left to follow. `people`: who is in it, once that is known. */
export function FollowAll({ pack, people }: { pack: Pack; people?: readonly Account[] | null }) {
  const [busy, setBusy] = useState(false);
  const [used, setUsed] = useState(false);
  if (pack.size === 0) return null;
  if (!me.value) return <ButtonLink href={signInPath()}>{say('followAll')}</ButtonLink>;
  // Who has pressed it keeps it: the focus is there.
  if (!used && people && !isAnyLeft(people, me.value.id, relationships.value)) return null;
  const follow = async () => {
    setUsed(true);
    setBusy(true);
    const outcome = await packCalls.follow(pack.id);
    const members = outcome.ok ? await packCalls.people(pack.id) : outcome;
    if (members.ok) await refreshRelationships(members.value.map(({ id }) => id));
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const { followed, requested } = outcome.value;
    toast(say('followedAll', { followed, requested }));
  };
  return (
    <Button icon="plus" busy={busy} label={say('followAllOf', { title: pack.title })} onPress={follow}>
      {say('followAll')}
    </Button>
  );
}
