import { Field, SelectField } from '../../ui/field.tsx';
import { type IpBlock, severities } from './calls.ts';
import { say } from './say.ts';

const DAY_S = 86_400;
const DAYS = [1, 7, 30, 90, 365];
const FOR_EVER = '';
const AS_IS = 'as-is';

export interface IpForm {
  readonly severity: IpBlock['severity'];
  readonly comment: string;
  /** Days; '' for good, `as-is` as it was. */
  readonly days: string;
  /** When it ends until now, where it is changed. */
  readonly expiresAt: string | null;
}

export const newIpForm: IpForm = { severity: 'sign_up_block', comment: '', days: FOR_EVER, expiresAt: null };

export const ipFormOf = ({ severity, comment, expires_at: expiresAt }: IpBlock): IpForm => ({
  ...{ severity, comment, expiresAt },
  days: expiresAt === null ? FOR_EVER : AS_IS,
});

/** For how long from now on; null for good. */
export function secondsOf({ days, expiresAt }: IpForm): number | null {
  if (days === FOR_EVER) return null;
  if (days !== AS_IS) return Number(days) * DAY_S;
  if (expiresAt === null) return null;
  return Math.max(1, Math.round((Date.parse(expiresAt) - Date.now()) / 1_000));
}

/** What happens to those of a network, for how long, and why. */
export function IpFields({ form, onChange }: { form: IpForm; onChange: (form: IpForm) => void }) {
  const choices = [
    ...(form.expiresAt === null ? [] : [{ value: AS_IS, name: say('unchanged') }]),
    { value: FOR_EVER, name: say('forEver') },
    ...DAYS.map((n) => ({ value: String(n), name: say('days', { n }) })),
  ];
  return (
    <>
      <SelectField
        label={say('severity')}
        value={form.severity}
        choices={severities.map((severity) => ({ value: severity, name: say('severityOf', { severity }) }))}
        onChoose={(value) => {
          const severity = severities.find((one) => one === value);
          if (severity) onChange({ ...form, severity });
        }}
      />
      <SelectField
        label={say('expires')}
        value={form.days}
        choices={choices}
        onChoose={(days) => onChange({ ...form, days })}
      />
      <Field
        label={say('note')}
        name="comment"
        value={form.comment}
        onInput={(comment) => onChange({ ...form, comment })}
      />
    </>
  );
}
