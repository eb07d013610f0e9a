import { Command } from 'commander';
import type { Report, Run } from './report.ts';

/** `vireo classifier …`: the service that says what videos show. */
export function classifierCommand(run: Run): Command {
  const command = new Command('classifier').description('the service that says what videos show');

  command
    .command('secret')
    .description('print the secret that requests to it are signed with')
    .action(() =>
      run(async ({ classifier }): Promise<Report> => {
        const secret = classifier.secret();
        return { ok: true, rows: [{ secret }], text: '' };
      }),
    );

  command
    .command('status')
    .description('say whom this server asks, and how many videos wait for an answer')
    .action(() =>
      run(async ({ classifier, config }): Promise<Report> => {
        const { url, timeoutMs, whenDown } = config.classifier;
        const { waiting, failure } = await classifier.health();
        return {
          ok: true,
          rows: [{ url, timeoutSeconds: timeoutMs / 1_000, whenDown, waiting, lastFailure: failure }],
          text: url === null ? 'No classifier is set up: set CLASSIFIER_URL.' : '',
        };
      }),
    );

  command
    .command('test')
    .description('ask it about no video in particular, and show what it answers')
    .action(() =>
      run(async ({ classifier }): Promise<Report> => {
        const answer = await classifier.tryOut();
        if (!answer.ok) return { ok: false, text: answer.detail ?? answer.reason };
        return { ok: true, rows: answer.labels, text: `It answers, with ${answer.labels.length} labels.` };
      }),
    );
  return command;
}
