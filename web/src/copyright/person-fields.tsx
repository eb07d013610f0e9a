import { Field, SelectField } from '../ui/field.tsx';
import { countries } from './countries.ts';
import { say } from './say.ts';

export const MAX = { name: 200, address: 500, text: 5_000, urls: 20 } as const;

/** The country of somebody, by its name in the language of the page. */
export function CountryField(props: {
  value: string;
  error?: string | undefined;
  onChoose: (code: string) => void;
}) {
  return (
    <SelectField
      label={say('country')}
      choices={[{ value: '', name: say('choose') }, ...countries()]}
      {...props}
    />
  );
}

/** A name in the place of a signature. */
export function SignatureField(props: {
  value: string;
  error?: string | undefined;
  onInput: (name: string) => void;
}) {
  return (
    <Field
      label={say('signature')}
      name="signature"
      hint={say('signatureHint')}
      maxLength={MAX.name}
      required
      {...props}
    />
  );
}
