import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Report, Rule } from '../api/types.ts';
import { instance } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { Choice, Field, FieldError } from '../ui/field.tsx';
import { calls } from './calls.ts';
import styles from './report.module.css';
import {
  bodyOf,
  type Category,
  missingIn,
  type ReportDraft,
  type StepName,
  type Subject,
  stepsFor,
} from './report.ts';
import { ReportResult } from './report-result.tsx';
import { say } from './say.ts';

interface StepsProps {
  /** What may be meant, the likeliest first. */
  readonly subjects: readonly [Subject, ...Subject[]];
  /** Called once the server has it. */
  readonly onFiled: () => void;
  readonly onClose: () => void;
}

type Change = (change: Partial<ReportDraft>) => void;

/** What, why, and what else: one question at a time. Going back loses nothing. */
export function ReportSteps({ subjects, onFiled, onClose }: StepsProps) {
  const steps = stepsFor(subjects);
  const [at, setAt] = useState(0);
  const [draft, setDraft] = useState<ReportDraft>({
    ...{ subject: subjects[0], category: null, ruleIds: [], details: '', forward: false },
  });
  const [problem, setProblem] = useState('');
  const [sending, setSending] = useState(false);
  const [filed, setFiled] = useState<Report | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  const step = steps[at] ?? 'more';
  const isLast = at === steps.length - 1;
  // The panel itself has the focus at first.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [at]);

  const change: Change = (changed) => {
    setProblem('');
    setDraft({ ...draft, ...changed });
  };
  const goOn = async () => {
    const missing = missingIn(step, draft);
    if (missing) return setProblem(say(missing));
    if (!isLast) return setAt(at + 1);
    if (sending) return;
    setSending(true);
    const outcome = await calls.file(bodyOf(draft));
    setSending(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    onFiled();
    setFiled(outcome.value);
  };

  if (filed) return <ReportResult report={filed} account={draft.subject.account} onClose={onClose} />;
  return (
    <form
      class={styles.steps}
      aria-labelledby={id}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void goOn();
      }}
    >
      <div>
        <p class={styles.at}>{say('step', { at: at + 1, of: steps.length })}</p>
        <h3 class={styles.question} id={id} ref={heading} tabIndex={-1}>
          {say(step)}
        </h3>
      </div>
      <Question {...{ step, draft, subjects, change }} labelledBy={id} />
      {problem && <FieldError sentence={problem} alert />}
      <div class={styles.buttons}>
        {at > 0 && (
          <Button look="quiet" onPress={() => setAt(at - 1)}>
            {say('back')}
          </Button>
        )}
        <Button type="submit" busy={sending}>
          {isLast ? say('send') : say('next')}
        </Button>
      </div>
    </form>
  );
}

interface QuestionProps {
  readonly step: StepName;
  readonly draft: ReportDraft;
  readonly subjects: readonly Subject[];
  readonly change: Change;
  readonly labelledBy: string;
}

function Question({ step, ...props }: QuestionProps) {
  if (step === 'what') return <What {...props} />;
  return step === 'why' ? <Why {...props} /> : <More {...props} />;
}

function What({ draft, subjects, change, labelledBy }: Omit<QuestionProps, 'step'>) {
  return (
    <fieldset class={styles.choices} aria-labelledby={labelledBy}>
      {subjects.map((subject) => {
        const isAccount = subject.kind === 'account';
        return (
          <Choice
            key={subject.kind}
            type="radio"
            name="subject"
            checked={draft.subject.kind === subject.kind}
            onChoose={() => change({ subject })}
            {...(isAccount ? { hint: say('accountHint') } : {})}
          >
            {subject.kind === 'account'
              ? say('account', { who: `@${subject.account.acct}` })
              : say(subject.kind)}
          </Choice>
        );
      })}
    </fieldset>
  );
}

const hints = {
  spam: 'spamHint',
  violation: 'violationHint',
  legal: 'legalHint',
  other: 'otherHint',
} as const satisfies Record<Category, string>;

function Why({ draft, change, labelledBy }: Omit<QuestionProps, 'step'>) {
  const rules = instance.value?.rules ?? [];
  const categories: Category[] =
    rules.length > 0 ? ['violation', 'spam', 'legal', 'other'] : ['spam', 'legal', 'other'];
  return (
    <fieldset class={styles.choices} aria-labelledby={labelledBy}>
      {categories.map((category) => (
        <div key={category}>
          <Choice
            type="radio"
            name="category"
            checked={draft.category === category}
            hint={say(hints[category])}
            onChoose={() => change({ category })}
          >
            {say(category)}
          </Choice>
          {category === 'violation' && draft.category === 'violation' && (
            <Rules rules={rules} draft={draft} change={change} />
          )}
          {category === 'legal' && draft.category === 'legal' && <OwnWork subject={draft.subject} />}
        </div>
      ))}
    </fieldset>
  );
}

function Rules({ rules, draft, change }: { rules: readonly Rule[]; draft: ReportDraft; change: Change }) {
  return (
    <fieldset class={styles.rules} aria-label={say('rules')}>
      {rules.map(({ id, text }) => (
        <Choice
          key={id}
          type="checkbox"
          name={`rule-${id}`}
          checked={draft.ruleIds.includes(id)}
          onChoose={(checked) => {
            const others = draft.ruleIds.filter((one) => one !== id);
            change({ ruleIds: checked ? [...others, id] : others });
          }}
        >
          <span dir="auto">{text}</span>
        </Choice>
      ))}
      {/* Beside the report, which would be lost. */}
      <a href="/about/rules" target="_blank" rel="noopener">
        {say('allRules')}
      </a>
    </fieldset>
  );
}

/** Whose work it is has a form of their own, beside the report, which would be lost. */
function OwnWork({ subject }: { subject: Subject }) {
  const page =
    subject.kind === 'clip' ? new URL(`/@${subject.account.acct}/${subject.id}`, location.href) : null;
  const query = page ? `?${new URLSearchParams({ video: page.href })}` : '';
  return (
    <p class={styles.rules}>
      <a href={`/copyright${query}`} target="_blank" rel="noopener">
        {say('ownWork')}
      </a>
    </p>
  );
}

function More({ draft, change }: Omit<QuestionProps, 'step'>) {
  const { host } = draft.subject.account;
  return (
    <div class={styles.choices}>
      <Field
        label={say('details')}
        name="details"
        multiline
        value={draft.details}
        hint={draft.category === 'other' ? undefined : say('detailsHint')}
        onInput={(details) => change({ details })}
      />
      {host && (
        <Choice
          type="checkbox"
          name="forward"
          checked={draft.forward}
          hint={say('forwardHint')}
          onChoose={(forward) => change({ forward })}
        >
          {say('forward', { host })}
        </Choice>
      )}
    </div>
  );
}
