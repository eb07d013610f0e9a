import type { FeedReason, Status } from '../../api/types.ts';
import { setNotInterested } from '../../clip/deeds.ts';
import { absolute } from '../../format.ts';
import { language } from '../../i18n/formats.ts';
import type { PanelProps } from '../../state/panels.ts';
import { me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice } from '../../ui/page.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { whyCalls } from './calls.ts';
import { partKey, shownParts, strongest, withFewer } from './parts.ts';
import { say } from './say.ts';
import styles from './why-panel.module.css';
import { english } from './words.ts';

/** Why For You showed a clip, with every number, and what changes that. */
export function WhyPanel({ panel, onClose }: PanelProps) {
  const { status } = panel;
  const [remote, reload] = useRemote(status.id, () => whyCalls.reason(status.id));
  return (
    <SidePanel title={say('title')} onClose={onClose}>
      <div class={styles.why}>
        {remote.state === 'loading' && <Loading />}
        {remote.state === 'failed' &&
          (remote.failure.status === 404 ? (
            <Notice icon="clock" title={say('title')} text={say('gone')} level={2} />
          ) : (
            <Failed failure={remote.failure} onRetry={reload} />
          ))}
        {remote.state === 'ready' && <Reasons reason={remote.value} />}
        {remote.state === 'ready' && me.value?.email_confirmed && (
          <Changes status={status} reason={remote.value} onClose={onClose} />
        )}
        <a href="/about/algorithm" target="_blank" rel="noopener">
          {say('algorithm')}
        </a>
      </div>
    </SidePanel>
  );
}

/** The sentences of the server tell the most, and are in English; in other languages the strongest parts are named. */
function reasonsOf({ reasons, parts }: FeedReason): readonly string[] {
  const named = language() === 'en' ? [] : strongest(parts, english).map((key) => say(key));
  return named.length > 0 ? named : reasons;
}

function Reasons({ reason }: { reason: FeedReason }) {
  return (
    <>
      <section class={styles.part}>
        <h3>{say('reasons')}</h3>
        <ul class={styles.reasons}>
          {reasonsOf(reason).map((sentence) => (
            <li key={sentence} dir="auto">
              {sentence}
            </li>
          ))}
        </ul>
      </section>
      {reason.sources.length > 0 && (
        <section class={styles.part}>
          <h3>{say('found')}</h3>
          <ul class={styles.reasons}>
            {reason.sources.map((source) => (
              <li key={source}>{say(source)}</li>
            ))}
          </ul>
        </section>
      )}
      <Parts reason={reason} />
      <p class={styles.version}>
        {say('version', { version: reason.weights_version, when: absolute(reason.made_at) })}
      </p>
    </>
  );
}

/** The whole sum, for who wants to know. */
function Parts({ reason }: { reason: FeedReason }) {
  const { lang } = document.documentElement;
  const signed = new Intl.NumberFormat(lang, {
    ...{ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' },
  });
  const percent = new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 1 });
  const parts = shownParts(reason.parts);
  if (parts.length === 0) return null;
  return (
    <details class={styles.details}>
      <summary>{say('parts')}</summary>
      <p>{say('partsText', { score: signed.format(reason.score), place: reason.place })}</p>
      {reason.propensity !== null && <p>{say('trial', { chance: percent.format(reason.propensity) })}</p>}
      <table class={styles.parts}>
        <tbody>
          {parts.map(({ feature, value, size }) => {
            const key = partKey(feature, english);
            return (
              <tr key={feature}>
                <th scope="row">{key ? say(key) : feature}</th>
                <td>
                  <span
                    class={[styles.bar, value < 0 && styles.against].filter(Boolean).join(' ')}
                    style={{ '--size': String(size) }}
                  />
                  {signed.format(value)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}

function Changes(props: { status: Status; reason: FeedReason; onClose: () => void }) {
  const { status, reason, onClose } = props;
  // What came of it is told above the page, which lies behind a sheet.
  const change = (deed: () => Promise<void>) => () => {
    onClose();
    void deed();
  };
  return (
    <section class={styles.part} aria-label={say('unasked')}>
      <p>{say('unasked')}</p>
      <div class={styles.actions}>
        <Button look="quiet" icon="covered" onPress={change(() => setNotInterested(status))}>
          {say('notInterested')}
        </Button>
        {reason.sources.length > 0 && (
          <Button look="quiet" icon="down" onPress={change(() => wantFewer(reason.sources))}>
            {say('fewer')}
          </Button>
        )}
      </div>
      <a href="/settings/feed">{say('settings')}</a>
    </section>
  );
}

/** Has the sources of a clip count half as much; the toast takes it back. */
async function wantFewer(sources: FeedReason['sources']): Promise<void> {
  const before = await whyCalls.settings();
  if (!before.ok) return toast(before.sentence, 'error');
  const { sliders } = before.value;
  const wanted = withFewer(sliders, sources);
  if (!wanted) return toast(say('fewerLeast'));
  const set = await whyCalls.setSliders(wanted);
  if (!set.ok) return toast(set.sentence, 'error');
  toast(say('fewerDone'), 'info', {
    label: say('undo'),
    run: async () => {
      const back = await whyCalls.setSliders(sliders);
      if (!back.ok) toast(back.sentence, 'error');
    },
  });
}
