import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { say } from '../say.ts';
import type { AddressState } from './address-state.ts';
import styles from './filter-bar.module.css';

/** What narrows a list. What is written counts once it is sent; what is chosen, at once. */
export function FilterBar(props: { state: AddressState; children: ComponentChildren }) {
  const { state, children } = props;
  return (
    <search class={styles.bar} aria-label={say('filters')}>
      {children}
      {state.isFiltered && (
        <a class={styles.clear} href={location.pathname}>
          {say('clear')}
        </a>
      )}
    </search>
  );
}

interface FilterProps {
  readonly state: AddressState;
  /** In the address, and of the parameter of the API. */
  readonly name: string;
  readonly label: string;
}

/** A text that is looked for. */
export function TextFilter({ state, name, label, type }: FilterProps & { type?: 'text' | 'date' }) {
  const known = state.get(name);
  const [value, setValue] = useState(known);
  // Before anybody can type: an effect after the paint would take away what was typed until then.
  useLayoutEffect(() => setValue(known), [known]);
  const send = () => state.set({ [name]: value.trim() });
  return (
    <form
      class={styles.text}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field type={type ?? 'text'} label={label} name={name} value={value} onInput={setValue} />
      <Button type="submit" look="quiet" label={`${say('search')}: ${label}`}>
        {say('search')}
      </Button>
    </form>
  );
}

interface ChoiceFilterProps extends FilterProps {
  readonly choices: readonly { readonly value: string; readonly name: string }[];
  /** What is shown where nothing is chosen; with none, all of it. */
  readonly usual?: string;
}

/** One of some values, or all. */
export function ChoiceFilter({ state, name, label, choices, usual }: ChoiceFilterProps) {
  const all = usual === undefined ? [{ value: '', name: say('all') }] : [];
  return (
    <SelectField
      label={label}
      value={state.get(name) || (usual ?? '')}
      choices={[...all, ...choices]}
      onChoose={(value) => state.set({ [name]: value === usual ? '' : value })}
    />
  );
}
