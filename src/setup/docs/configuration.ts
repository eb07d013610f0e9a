import { variables } from '../../../config/env.ts';

/** The page docs/configuration.md, one table per group of variables. */
export function configurationPage(): string {
  const entries = Object.entries(variables);
  const groups = [...new Set(entries.map(([, variable]) => variable.group))];
  const sections = groups.map((group) => {
    const rows = entries
      .filter(([, variable]) => variable.group === group)
      .map(
        ([name, variable]) =>
          `| \`${name}\`${'control' in variable ? ' *' : ''} | ${fallbackOf(variable)} | ${variable.doc} |`,
      );
    return `## ${group}\n\n| variable | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Configuration

Every setting is an environment variable. A wrong value stops the start with a message that names the
variable, its value and the remedy. Those marked with * can also be set by the staff while the server runs, at \`/admin/settings\`
or with \`vireo settings\`, where the environment leaves them open ([ADR 0049](adr/0049-settings.md)). Written by \`npm run docs\` from \`config/env.ts\`; edit it there.

${sections.join('\n')}`;
}

/** Defaults that follow from the machine are told in words, so that the page is the same everywhere. */
function fallbackOf(variable: { readonly fallback: string | undefined; readonly doc: string }): string {
  if (variable.fallback === undefined || / Default: /.test(variable.doc)) return '';
  return variable.fallback === '' ? '' : `\`${variable.fallback}\``;
}
