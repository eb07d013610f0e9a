import { useState } from 'preact/hooks';
import { absolute, count } from '../../format.ts';
import { language } from '../../i18n/formats.ts';
import { rightsFacts } from '../../sounds/sound-rights.tsx';
import { toast } from '../../state/toasts.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { DownloadLink } from '../../ui/download-link.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Detail, Facts, Section } from '../parts/detail.tsx';
import { Person } from '../parts/person.tsx';
import { may } from '../permissions.ts';
import { type AdminSound, lookAt, type Region, usagePath } from './calls.ts';
import { DecideDialog, ListDialog, TakeBackDialog } from './dialogs.tsx';
import { RightsDialog } from './rights-dialog.tsx';
import { say } from './say.ts';
import { nameOf, Standing } from './standing.tsx';
import { VideosOfSound } from './videos-of-sound.tsx';

type Deed = 'decide' | 'take-back' | 'list' | 'rights';

/** One sound: what is known of it, what was decided, and the videos with it. */
export function SoundDetail({ id }: { id: string }) {
  const [remote, reload, set] = useRemote(id, () => lookAt(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return <Known sound={remote.value} onChange={set} onList={reload} />;
}

interface KnownProps {
  readonly sound: AdminSound;
  readonly onChange: (sound: AdminSound) => void;
  readonly onList: () => void;
}

function Known({ sound, onChange, onList }: KnownProps) {
  const [deed, setDeed] = useState<Deed | null>(null);
  const close = () => setDeed(null);
  const done = (words: string, next?: AdminSound) => {
    close();
    toast(words);
    if (next) onChange(next);
    else onList();
  };
  return (
    <Detail
      title={nameOf(sound)}
      back={{ href: '/admin/sounds', words: say('back') }}
      badges={<Standing sound={sound} />}
      actions={
        <>
          <ButtonLink look="quiet" href={`/sounds/${sound.id}`}>
            {say('page')}
          </ButtonLink>
          {may('audit') && (
            <ButtonLink look="quiet" href={`/admin/audit?target_kind=sound&target_id=${sound.id}`}>
              {say('log')}
            </ButtonLink>
          )}
          <Button look="quiet" onPress={() => setDeed('rights')}>
            {say('setRights')}
          </Button>
          {sound.listable && !sound.listed && (
            <Button look="quiet" onPress={() => setDeed('list')}>
              {say('list')}
            </Button>
          )}
          {sound.rule && (
            <Button look="quiet" onPress={() => setDeed('take-back')}>
              {say('takeBack')}
            </Button>
          )}
          <Button onPress={() => setDeed('decide')}>{say('decide')}</Button>
        </>
      }
    >
      <Section title={say('facts')}>
        <KnownFacts sound={sound} />
      </Section>
      <Section title={say('decided')}>
        <Decided sound={sound} />
      </Section>
      <Section title={say('rights')}>
        <SaidRights sound={sound} />
      </Section>
      <Section title={say('videos')}>
        <VideosOfSound id={sound.id} />
        <p>
          <DownloadLink href={usagePath(sound.id)}>{say('usage')}</DownloadLink>
        </p>
      </Section>
      {deed === 'decide' && (
        <DecideDialog sound={sound} onDone={(next) => done(say('done'), next)} onClose={close} />
      )}
      {deed === 'take-back' && (
        <TakeBackDialog sound={sound} onDone={() => done(say('takenBack'))} onClose={close} />
      )}
      {deed === 'rights' && (
        <RightsDialog sound={sound} onDone={(next) => done(say('rightsDone'), next)} onClose={close} />
      )}
      {deed === 'list' && <ListDialog sound={sound} onDone={() => done(say('listed'))} onClose={close} />}
    </Detail>
  );
}

function KnownFacts({ sound }: { sound: AdminSound }) {
  const { id, account, video_id: videoId, uses, muted, created_at: at } = sound;
  return (
    <Facts
      facts={[
        { term: say('number'), value: <bdi>{id}</bdi> },
        { term: say('author'), value: account && <Person account={account} /> },
        { term: say('original'), value: videoId && say('video', { id: videoId }) },
        { term: say('uses'), value: count(uses) },
        { term: say('muted'), value: count(muted) },
        { term: say('since'), value: absolute(at) },
      ]}
    />
  );
}

function SaidRights({ sound: { rights } }: { sound: AdminSound }) {
  if (!rights) return <p>{say('rightsUnsaid')}</p>;
  const who = rights.by_staff ? 'staff' : 'author';
  return <Facts facts={[...rightsFacts(rights), { term: say('saidBy'), value: say('saidByOf', { who }) }]} />;
}

/** Countries by their names. */
function regionWords({ countries, except }: Region): string {
  const names = new Intl.DisplayNames([language()], { type: 'region' });
  const list = new Intl.ListFormat(language(), { type: 'conjunction' });
  const named = list.format(countries.map((code) => names.of(code) ?? code));
  return say('regionOf', { where: except ? 'except' : 'in', countries: named });
}

function Decided({ sound: { rule, listed, listable } }: { sound: AdminSound }) {
  const facts = [
    ...(rule
      ? [
          { term: say('standing'), value: say('standingOf', { standing: rule.action }) },
          { term: say('reason'), value: rule.reason },
          ...(rule.region ? [{ term: say('where'), value: regionWords(rule.region) }] : []),
        ]
      : []),
    ...(listed
      ? [
          { term: say('listedAs'), value: listed.label || listed.id },
          { term: say('action'), value: say('actionOf', { action: listed.action }) },
        ]
      : []),
  ];
  return (
    <>
      {facts.length === 0 ? <p>{say('undecided')}</p> : <Facts facts={facts} />}
      {listed && <p>{say('listedText')}</p>}
      {!listable && <p>{say('unlistable')}</p>}
    </>
  );
}
