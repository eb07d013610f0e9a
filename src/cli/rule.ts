import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { idSchema } from '../lib/ids.ts';
import {
  type Rule,
  type RuleId,
  ruleActions,
  ruleFields,
  ruleInputSchema,
  ruleScopes,
  ruleWhenSchema,
} from '../modules/rules/index.ts';
import { operator } from '../modules/staff/index.ts';
import type { Report, Run } from './report.ts';

interface RuleOptions {
  readonly name?: string;
  readonly action?: Rule['action'];
  readonly scope: Rule['scope'];
  readonly words?: readonly string[];
  readonly regex?: string;
  readonly fields?: readonly string[];
  readonly label?: readonly string[];
  readonly when?: string;
  readonly dryRun?: boolean;
}

/** `vireo rule …`: what acts by itself on what is posted. */
export function ruleCommand(run: Run): Command {
  const command = new Command('rule').description('rules that act by themselves on what is posted');

  command
    .command('list')
    .description('list all rules, with how often each acted in the last 30 days')
    .action(() =>
      run(async ({ rules }) => {
        const rows = (await rules.list()).map((rule) => ({
          ...{ id: rule.id, name: rule.name, action: rule.action, scope: rule.scope, enabled: rule.enabled },
          ...{ hits: rule.hits, lastHitAt: rule.lastHitAt, when: rule.when },
        }));
        return { ok: true, rows, text: `${rows.length} rules.` };
      }),
    );

  conditions(command.command('add').description('add a rule; with --dry-run, try it and add nothing'))
    .requiredOption('--name <name>', 'what it is called')
    .addOption(
      new Option('--action <action>', 'what it does').choices([...ruleActions]).makeOptionMandatory(),
    )
    .option('--dry-run', 'show what it would find among the newest posts, and add nothing')
    .action((options: RuleOptions) =>
      run(async (context): Promise<Report> => {
        const { name, action, scope } = options;
        const read = ruleInputSchema.safeParse({ name, action, scope, when: await whenOf(options) });
        if (!read.success) return refusedInput(read.error.issues);
        if (options.dryRun) return tried(context, read.data);
        const made = await context.inTx((tx) => context.rules.add(tx, operator, read.data));
        if (!made.ok) return { ok: false, text: made.detail ?? made.reason };
        return { ok: true, rows: [{ id: made.rule.id, name: made.rule.name }], text: '' };
      }),
    );

  conditions(
    command
      .command('test')
      .description('show what a rule would find among the newest posts; changes nothing'),
  ).action((options: RuleOptions) =>
    run(async (context): Promise<Report> => {
      const read = ruleWhenSchema.safeParse(await whenOf(options));
      if (!read.success) return refusedInput(read.error.issues);
      return tried(context, { when: read.data, scope: options.scope });
    }),
  );

  for (const verb of ['enable', 'disable'] as const) {
    command
      .command(verb)
      .description(verb === 'enable' ? 'let a rule act' : 'stop a rule at once, and keep it')
      .argument('<id>', 'as list shows it', ruleId)
      .action((id: RuleId) =>
        run(async ({ rules, inTx }): Promise<Report> => {
          const outcome = await inTx((tx) => rules.switch(tx, operator, { id, enabled: verb === 'enable' }));
          return outcome.ok
            ? { ok: true, text: `“${outcome.rule.name}” is ${verb}d.` }
            : { ok: false, text: outcome.detail ?? outcome.reason };
        }),
      );
  }

  command
    .command('remove')
    .description('remove a rule with its log')
    .argument('<id>', 'as list shows it', ruleId)
    .action((id: RuleId) =>
      run(async ({ rules, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => rules.remove(tx, operator, id));
        return outcome.ok
          ? { ok: true, text: 'The rule is gone.' }
          : { ok: false, text: outcome.detail ?? outcome.reason };
      }),
    );
  return command;
}

function conditions(command: Command): Command {
  return command
    .option('--words <words...>', 'one of these; a star at either end stands for any letters')
    .option('--regex <expression>', 'found by this expression (RE2)')
    .addOption(
      new Option('--fields <fields...>', 'where to look; default: everywhere').choices([...ruleFields]),
    )
    .option('--label <name=score...>', 'the classifier gives a video one of these labels, at least so surely')
    .option('--when <file>', 'all conditions as JSON, as the API takes them; the others count besides')
    .addOption(new Option('--scope <scope>', 'for whom').choices([...ruleScopes]).default('everybody'));
}

async function whenOf({ words, regex, fields, label, when }: RuleOptions): Promise<unknown> {
  const read: unknown = when === undefined ? {} : JSON.parse(await readFile(when, 'utf8'));
  const labels = label?.map((text) => {
    const [name = '', score = ''] = text.split('=');
    return { name, score: score === '' ? Number.NaN : Number(score) };
  });
  const texts = { ...(words && { words }), ...(regex && { regex }), ...(fields && { fields }) };
  const rest = { ...texts, ...(labels && { labels }) };
  return { ...(typeof read === 'object' ? read : {}), ...rest };
}

function refusedInput(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): Report {
  return { ok: false, text: issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n') };
}

async function tried(
  { rules }: Parameters<Parameters<Run>[0]>[0],
  asked: Pick<Rule, 'when' | 'scope'>,
): Promise<Report> {
  const outcome = await rules.test(operator, asked);
  if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
  const { lookedAt, found, matches } = outcome.trial;
  const rows = matches.map(({ target, field, excerpt }) => ({ ...target, field, excerpt }));
  return { ok: true, rows, text: `${found} of ${lookedAt} texts. Nothing was changed.` };
}

const anId = idSchema<'rule'>();

function ruleId(text: string): RuleId {
  const read = anId.safeParse(text);
  if (!read.success) throw new InvalidArgumentError('Write the id of a rule, as `vireo rule list` shows it.');
  return read.data;
}
