import { useRef } from 'preact/hooks';
import { Button, IconButton } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import styles from './about.module.css';
import { say } from './say.ts';

interface RulesEditorProps {
  /** One on each line, as the setting holds them. */
  readonly text: string;
  readonly onInput: (text: string) => void;
}

/** The rules of the server one by one, in their order. */
export function RulesEditor({ text, onInput }: RulesEditorProps) {
  const list = useRef<HTMLOListElement>(null);
  const rules = text === '' ? [] : text.split('\n');
  const put = (next: readonly string[]) => onInput(next.join('\n'));
  const move = (at: number, by: -1 | 1) => {
    const rule = rules[at] ?? '';
    put(rules.toSpliced(at, 1).toSpliced(at + by, 0, rule));
    // The button that was pressed goes along with its rule.
    requestAnimationFrame(() => {
      const item = list.current?.children[at + by];
      item?.querySelector<HTMLButtonElement>(`[data-moves="${by}"] button, [data-moves] button`)?.focus();
    });
  };
  return (
    <>
      {rules.length === 0 && <p>{say('noRules')}</p>}
      <ol class={styles.rules} ref={list}>
        {rules.map((rule, at) => {
          const n = at + 1;
          return (
            <li key={at} class={styles.rule}>
              <Field
                label={say('rule', { n })}
                name={`rule-${n}`}
                value={rule}
                maxLength={1_000}
                onInput={(words) => put(rules.with(at, words.replaceAll('\n', ' ')))}
              />
              <span class={styles.ruleButtons}>
                {at > 0 && (
                  <span data-moves="-1">
                    <IconButton icon="up" label={say('up', { n })} onPress={() => move(at, -1)} />
                  </span>
                )}
                {n < rules.length && (
                  <span data-moves="1">
                    <IconButton icon="down" label={say('down', { n })} onPress={() => move(at, 1)} />
                  </span>
                )}
                <IconButton
                  icon="trash"
                  label={say('removeRule', { n })}
                  onPress={() => put(rules.toSpliced(at, 1))}
                />
              </span>
            </li>
          );
        })}
      </ol>
      <div>
        {/* An empty line is a rule that is being written; empty ones are not kept. */}
        <Button look="quiet" icon="plus" onPress={() => put(rules.length === 0 ? [' '] : [...rules, ''])}>
          {say('addRule')}
        </Button>
      </div>
    </>
  );
}
