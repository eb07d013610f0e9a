import { Argument, Command } from 'commander';
import { type BrandPicture, type BrandRole, brandRoles } from '../modules/branding/index.ts';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { type Report, type Run, refused, undoIt } from './report.ts';

const aRole = () => new Argument('<picture>', 'which one').choices(brandRoles);

/** `vireo branding …`: the pictures that stand for this server. */
export function brandingCommand(run: Run): Command {
  const command = new Command('branding').description('the pictures that stand for this server');

  command
    .command('list')
    .description('list the logo, the icon and the banner, as far as this server has its own')
    .action(() =>
      run(async ({ branding }): Promise<Report> => {
        const brand = await branding.now();
        const rows = brandRoles.flatMap((role) => (brand[role] ? [rowOf(brand[role])] : []));
        return { ok: true, rows, text: `${rows.length} pictures.` };
      }),
    );

  command
    .command('set')
    .description('show a picture: a JPEG, PNG or WebP file')
    .addArgument(aRole())
    .argument('<file>', 'to read')
    .option('--alt <text>', 'what it shows, for those who do not see it', '')
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action((role: BrandRole, file: string, options: { alt: string; reason: string } & Tried) =>
      run(async ({ branding, inTx }): Promise<Report> => {
        const picture = await branding.make(role, file);
        if (!picture.ok) return refused(picture);
        const { width, height } = picture;
        const text = `The ${role} is ${width} × ${height} pixels large.`;
        if (options.dryRun) return ofTrial({ ok: true, text }, options);
        const { alt, reason } = options;
        const done = await inTx((tx) => branding.set(tx, operator, { role, picture, alt, reason }));
        if (!done.ok) return refused(done);
        const back = done.auditId === null ? '' : ` ${undoIt(done.auditId)}`;
        return { ok: true, text: `${text}${back}` };
      }),
    );

  command
    .command('remove')
    .description('have what Vireo has in its place again')
    .addArgument(aRole())
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action((role: BrandRole, options: { reason: string } & Tried) =>
      run(async ({ branding, inTx }): Promise<Report> => {
        const { dryRun = false, reason } = options;
        const done = await tried(inTx, dryRun, (tx) => branding.remove(tx, operator, { role, reason }));
        if (!done.ok) return refused(done);
        const text = `The ${role} is gone. ${undoIt(done.auditId)}`;
        return ofTrial({ ok: true, text: dryRun ? `The ${role} would be gone.` : text }, options);
      }),
    );
  return command;
}

const rowOf = ({ role, width, height, alt, key, updatedAt }: BrandPicture) => ({
  ...{ picture: role, width, height, alt, key, updatedAt },
});
