import { type VariableName, variables } from '../../../config/env.ts';
import type { Control } from '../../../config/variable.ts';

/** A variable that the staff may set while the server runs. */
export interface SettingDefinition {
  readonly name: VariableName;
  readonly control: Control;
  readonly doc: string;
  readonly group: string;
  /** Null: it has none. */
  readonly fallback: string | null;
}

/** All of them, in the order of the configuration. */
export const definitions: readonly SettingDefinition[] = Object.entries(variables).flatMap(
  ([name, { fallback, doc, group, ...rest }]) => {
    const control: Control | undefined = 'control' in rest ? rest.control : undefined;
    if (control === undefined) return [];
    return [{ name: name as VariableName, control, doc, group, fallback: fallback ?? null }];
  },
);

export function definitionOf(name: string): SettingDefinition | null {
  return definitions.find((one) => one.name === name) ?? null;
}
