import { Command } from 'commander';
import { version } from '../version.ts';
import { actorCommand } from './actor.ts';
import { announceCommand } from './announce.ts';
import { auditCommand } from './audit.ts';
import { backupCommand } from './backup.ts';
import { brandingCommand } from './branding.ts';
import { cacheCommand } from './cache.ts';
import { catalogue } from './catalogue.ts';
import { claimCommand } from './claim.ts';
import { classifierCommand } from './classifier.ts';
import { packCommand, playlistCommand } from './collected.ts';
import { countersCommand } from './counters.ts';
import { deliveryCommand } from './delivery.ts';
import { discoverCommand } from './discover.ts';
import { doctorCommand } from './doctor.ts';
import { domainCommand } from './domain.ts';
import { exchangeCommand } from './exchange.ts';
import { federationCommand } from './federation.ts';
import { feedCommand } from './feed.ts';
import { hashCommand } from './hash.ts';
import { holdCommand } from './hold.ts';
import { inboxCommand } from './inbox.ts';
import { instanceCommand } from './instance.ts';
import { inviteCommand } from './invite.ts';
import { joiningCommand } from './joining.ts';
import { mailCommand } from './mail.ts';
import { maintenanceCommand } from './maintenance.ts';
import { commentCommand } from './measures.ts';
import { mediaCommand } from './media.ts';
import { migrateCommand } from './migrate.ts';
import { queueCommand } from './queue.ts';
import { raidCommand } from './raid.ts';
import { rankingCommand } from './ranking.ts';
import { relayCommand } from './relay.ts';
import type { Run, RunAlone } from './report.ts';
import { reportCommand } from './reports.ts';
import { ruleCommand } from './rule.ts';
import { searchCommand } from './search.ts';
import { secretsCommand } from './secrets.ts';
import { selfDestructCommand } from './self-destruct.ts';
import { faspCommand } from './services.ts';
import { registrationsCommand, settingsCommand } from './settings.ts';
import { setupCommand } from './setup.ts';
import { soundCommand } from './sound.ts';
import { storageCommand } from './storage.ts';
import type { Surroundings } from './surroundings.ts';
import { userCommand } from './user.ts';
import { videoCommand } from './video.ts';

/** A command that does something, and the words that call it. */
export interface Leaf {
  readonly path: string;
  readonly command: Command;
}

/** Everything that `vireo` can be asked, as commander knows it. */
export function commandTree(run: Run, runAlone: RunAlone, around: Surroundings = process): Command {
  const program = new Command('vireo')
    .description('Looks after a Vireo server. The same work the server does, from the command line.')
    .version(version)
    .option('--json', 'print JSON for programs');
  for (const noun of [
    setupCommand(run, around),
    ...[backupCommand(run, runAlone), doctorCommand(runAlone), migrateCommand(runAlone)],
    ...[secretsCommand(runAlone)],
  ])
    program.addCommand(noun);
  for (const noun of [
    ...[userCommand, joiningCommand, inviteCommand, registrationsCommand, auditCommand],
    ...[videoCommand, commentCommand, reportCommand, ruleCommand, raidCommand, hashCommand, holdCommand],
    ...[soundCommand, packCommand, playlistCommand],
    ...[claimCommand, classifierCommand, announceCommand],
    ...[queueCommand, federationCommand, deliveryCommand, domainCommand, instanceCommand, relayCommand],
    ...[exchangeCommand, discoverCommand, faspCommand],
    ...[actorCommand, inboxCommand],
    ...[
      mailCommand,
      mediaCommand,
      storageCommand,
      maintenanceCommand,
      cacheCommand,
      feedCommand,
      rankingCommand,
      countersCommand,
      searchCommand,
      settingsCommand,
    ],
    ...[brandingCommand, selfDestructCommand],
  ])
    program.addCommand(noun(run));
  for (const command of everyCommand(program)) command.configureHelp({ showGlobalOptions: true });
  for (const { path, command } of leavesOf(program)) {
    const entry = catalogue[path];
    if (entry) command.addHelpText('after', `\nExample:\n  $ vireo ${entry.example}`);
  }
  return program;
}

/** The commands that do something: those that have none below them. Without former names of others, which the help does not show. */
export function leavesOf(program: Command): Leaf[] {
  const below = (parent: Command, words: readonly string[]): Leaf[] =>
    shownOf(parent).flatMap((command) => {
      const path = [...words, command.name()];
      return command.commands.length === 0 ? [{ path: path.join(' '), command }] : below(command, path);
    });
  return below(program, []);
}

function shownOf(parent: Command): Command[] {
  const shown = new Set(parent.createHelp().visibleCommands(parent));
  return parent.commands.filter((command) => shown.has(command));
}

/** All commands, with those that only hold others. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
