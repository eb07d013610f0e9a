import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { List, useList } from '../parts/list.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { useEvidenceView } from '../preferences/calls.ts';
import { say as sayPreferences } from '../preferences/say.ts';
import { type ListedMatch, matchesPath, openEvidence } from './calls.ts';
import styles from './hashes.module.css';
import { say } from './say.ts';

/** What was kept away, and the evidence of it, for whoever says why. */
export function Matches() {
  const state = useAddressState();
  const [remote, reload] = useList<ListedMatch>(matchesPath, { ...state, isFiltered: false });
  const [asking, setAsking] = useState<ListedMatch | null>(null);
  const [shown, setShown] = useState<{ videoId: string; url: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const open = async ({ id, video_id: videoId }: ListedMatch, reason: string) => {
    setBusy(true);
    const outcome = await openEvidence(id, reason);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    setAsking(null);
    setShown({ videoId, url: new URL(outcome.value.url).pathname });
  };
  return (
    <>
      <List
        state={{ ...state, isFiltered: false }}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'check', title: say('noMatches'), text: say('noMatchesText') }}
        label={say('matches')}
        rowKey={({ id }) => id}
        head={{
          title: say('author'),
          cell: ({ acct }) => <bdi>{acct === null ? say('gone') : `@${acct}`}</bdi>,
        }}
        columns={[
          { title: say('number'), cell: ({ video_id: id }) => <bdi>{id}</bdi> },
          {
            title: say('how'),
            cell: ({ found_by: by }) => say(by === 'file' ? 'byFileMatch' : 'byPictureMatch'),
          },
          { title: say('when'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
        ]}
        actions={(match) =>
          match.evidence ? (
            <Button
              look="quiet"
              label={say('lookWhich', { id: match.video_id })}
              onPress={() => {
                setProblem(undefined);
                setAsking(match);
              }}
            >
              {say('look')}
            </Button>
          ) : (
            say('noEvidence')
          )
        }
      />
      {asking && (
        <ReasonDialog
          title={say('lookTitle')}
          text={say('lookText')}
          action={say('lookAction')}
          isRequired
          busy={busy}
          problem={problem}
          onConfirm={(reason) => open(asking, reason)}
          onClose={() => setAsking(null)}
        />
      )}
      {shown && <Evidence {...shown} onClose={() => setShown(null)} />}
    </>
  );
}

/** Covered, silent and still until somebody asks. */
function Evidence(props: { videoId: string; url: string; onClose: () => void }) {
  const { videoId, url, onClose } = props;
  const { blur, greyscale, mute } = useEvidenceView();
  const [shown, setShown] = useState<boolean | null>(null);
  const [grey, setGrey] = useState<boolean | null>(null);
  const [isShown, isGrey] = [shown ?? !blur, grey ?? greyscale];
  const look = isShown ? isGrey && styles.grey : styles.covered;
  return (
    <Dialog title={say('evidence')} onClose={onClose}>
      <p>{say('evidenceText')}</p>
      <p class={`${styles.row} ${styles.deeds}`}>
        <Button look="quiet" pressed={isShown} onPress={() => setShown(!isShown)}>
          {say(isShown ? 'hide' : 'show')}
        </Button>
        <Button look="quiet" onPress={() => setGrey(!isGrey)}>
          {sayPreferences(isGrey ? 'inColour' : 'withoutColour')}
        </Button>
        <a class={styles.link} href={url} download>
          {say('save')}
        </a>
      </p>
      <div class={styles.sheet}>
        <video
          class={[styles.video, look].filter(Boolean).join(' ')}
          src={url}
          aria-label={say('play', { id: videoId })}
          controls={isShown}
          muted={mute}
          playsInline
          preload="metadata"
        />
      </div>
    </Dialog>
  );
}
