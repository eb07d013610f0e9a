import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Field, Form } from '../../ui/field.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type Numbers, type Ranking, ranking, resetRanking, setRanking } from './calls.ts';
import { History } from './history.tsx';
import styles from './ranking.module.css';
import { say } from './say.ts';

/** The numbers that For You is ranked by, as far as a server tunes them. */
export function RankingPage() {
  const [remote, reload, set] = useRemote('ranking', ranking);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Page title={say('title')} width="wide">
      <p>
        {say('intro')}{' '}
        <a class={styles.link} href="/about/algorithm">
          {say('explained')}
        </a>
      </p>
      {remote.state === 'loading' ? (
        <Loading />
      ) : (
        <Tuning key={remote.value.weights_version} all={remote.value} onChange={set} />
      )}
    </Page>
  );
}

const GROUPS = ['mix', 'weights', 'heads', 'boosts', 'exploration', 'rerank', 'ranker', 'other'] as const;
type Group = (typeof GROUPS)[number];

const groupOf = (path: string): Group => GROUPS.find((group) => path.startsWith(`${group}.`)) ?? 'other';

/** What was written in place of the numbers that count. */
type Written = Readonly<Record<string, string>>;

const numberOf = (text: string): number =>
  text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));

function changedOf(written: Written, settings: Numbers): Numbers {
  const numbers = Object.entries(written).map(([path, text]) => [path, numberOf(text)] as const);
  return Object.fromEntries(numbers.filter(([path, value]) => value !== settings[path]));
}

function Tuning({ all, onChange }: { all: Ranking; onChange: (all: Ranking) => void }) {
  const [written, setWritten] = useState<Written>({});
  const [asking, setAsking] = useState<'save' | 'reset' | null>(null);
  const changed = changedOf(written, all.settings);
  const paths = Object.keys(all.settings);
  const isWrong = Object.values(changed).some(Number.isNaN);
  const count = Object.keys(changed).length;
  const done = (next: Ranking, words: 'saved' | 'isReset') => {
    setAsking(null);
    toast(say(words));
    onChange(next);
  };
  return (
    <>
      <p>
        {say('version')}: <code dir="ltr">{all.weights_version}</code>
      </p>
      <Form label={say('title')} onSend={() => count > 0 && !isWrong && setAsking('save')}>
        {GROUPS.map((group) => (
          <fieldset key={group} class={styles.group}>
            <legend class={styles.legend}>{say(group)}</legend>
            <div class={styles.numbers}>
              {paths
                .filter((path) => groupOf(path) === group)
                .map((path) => (
                  <NumberField
                    key={path}
                    path={path}
                    text={written[path] ?? String(all.settings[path])}
                    fallback={all.defaults[path] ?? 0}
                    onInput={(text) => setWritten({ ...written, [path]: text })}
                  />
                ))}
            </div>
          </fieldset>
        ))}
        {count > 0 && (
          <div class={styles.bar}>
            <span role="status">{say('changes', { n: count })}</span>
            <Button look="quiet" onPress={() => setWritten({})}>
              {say('discard')}
            </Button>
            <Button type="submit" busy={isWrong}>
              {say('save')}
            </Button>
          </div>
        )}
        <div>
          <Button look="quiet" onPress={() => setAsking('reset')}>
            {say('reset')}
          </Button>
        </div>
      </Form>
      <History changes={all.changes} />
      {asking === 'save' && (
        <SaveDialog
          changed={changed}
          onDone={(next) => done(next, 'saved')}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'reset' && (
        <ResetDialog onDone={(next) => done(next, 'isReset')} onClose={() => setAsking(null)} />
      )}
    </>
  );
}

interface NumberFieldProps {
  readonly path: string;
  readonly text: string;
  readonly fallback: number;
  readonly onInput: (text: string) => void;
}

function NumberField({ path, text, fallback, onInput }: NumberFieldProps) {
  const isWrong = Number.isNaN(numberOf(text));
  return (
    <Field
      label={path}
      name={path}
      value={text}
      hint={say('fallback', { number: String(fallback) })}
      error={isWrong ? say('notNumber') : undefined}
      onInput={onInput}
    />
  );
}

interface DialogProps {
  readonly onDone: (next: Ranking) => void;
  readonly onClose: () => void;
}

function SaveDialog({ changed, onDone, onClose }: DialogProps & { changed: Numbers }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return (
    <ReasonDialog
      title={say('saveTitle')}
      text={say('saveText')}
      action={say('save')}
      look="primary"
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={async (reason) => {
        setBusy(true);
        const outcome = await setRanking(changed, reason);
        setBusy(false);
        if (outcome.ok) onDone(outcome.value);
        else setProblem(outcome.sentence);
      }}
    >
      <ul>
        {Object.entries(changed).map(([path, value]) => (
          <li key={path} dir="ltr">
            {path}: {value}
          </li>
        ))}
      </ul>
    </ReasonDialog>
  );
}

function ResetDialog({ onDone, onClose }: DialogProps) {
  const [busy, setBusy] = useState(false);
  return (
    <ConfirmDialog
      title={say('resetTitle')}
      text={say('resetText')}
      action={say('reset')}
      busy={busy}
      onClose={onClose}
      onConfirm={async () => {
        setBusy(true);
        const outcome = await resetRanking();
        setBusy(false);
        if (outcome.ok) onDone(outcome.value);
        else toast(outcome.sentence, 'error');
      }}
    />
  );
}
