import type { Command } from 'commander';
import { catalogue, type Effect } from '../../cli/catalogue.ts';
import { exitCodes } from '../../cli/report.ts';
import { commandTree, leavesOf } from '../../cli/tree.ts';

const EFFECTS: Readonly<Record<Effect, string>> = {
  reads: 'changes nothing',
  changes: 'changes one thing',
  removes: 'removes',
  sends: 'may send to people or servers',
  'changes-many': 'may change many things',
};

const nothing = (): Promise<void> => Promise.resolve();

/** The page of all commands, from the program itself. */
export function cliPage(): string {
  const program = commandTree(nothing, nothing);
  const leaves = leavesOf(program);
  const nouns = program.commands.map((noun) => {
    const own = leaves.filter(({ path }) => path.split(' ')[0] === noun.name());
    return [
      `## vireo ${noun.name()}`,
      '',
      `${sentence(noun.description())}`,
      '',
      ...own.flatMap(sectionOf),
    ].join('\n');
  });
  return `${head()}\n${nouns.join('\n')}`;
}

function head(): string {
  const { done, failed, misused, missing } = exitCodes;
  return `# The command line

<!-- Written by \`npm run docs\` from the program. -->

\`vireo\` does what the pages of the staff and the API do, by the same code, and is on record in the audit log as the command line.
From a checkout it is \`npm run cli -- …\`; in a container, \`docker compose exec web node src/cli/main.ts …\`. It runs beside a server, or on
its own where none runs, with the variables of the server.

Every command knows \`--help\` and \`--json\`. With \`--json\` it prints one object on one line: \`ok\`, \`message\`, \`rows\`, and where it
was refused \`reason\`, a word that stays. What removes, sends or changes many knows \`--dry-run\`, which changes nothing.

| code | it means |
|---|---|
| ${done} | done |
| ${failed} | refused, failed, or what was looked at is not well |
| ${misused} | the words behind the command are wrong |
| ${missing} | what was named is not there |
`;
}

function sectionOf({ path, command }: { path: string; command: Command }): string[] {
  const entry = catalogue[path];
  const example = entry ? ['', '```sh', `vireo ${entry.example}`, '```'] : [];
  const effect = entry ? ` (${EFFECTS[entry.effect]})` : '';
  const args = command.registeredArguments.map((arg) => {
    const name = arg.required ? `<${arg.name()}${arg.variadic ? '...' : ''}>` : `[${arg.name()}]`;
    return row(name, [arg.description, choices(arg.argChoices)]);
  });
  const options = command.options.map((one) => row(one.flags, [one.description, choices(one.argChoices)]));
  const table = [...args, ...options];
  return [
    `### vireo ${path}`,
    '',
    `${sentence(command.description())}${effect}`,
    ...example,
    '',
    ...(table.length > 0 ? ['| | |', '|---|---|', ...table, ''] : []),
  ];
}

const choices = (all: readonly string[] | undefined): string => (all ? `one of ${all.join(', ')}` : '');

function row(name: string, words: readonly string[]): string {
  const text = words.filter((word) => word !== '').join('; ');
  return `| \`${name.replaceAll('|', '\\|')}\` | ${text.replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replaceAll('<', '&lt;');
}
