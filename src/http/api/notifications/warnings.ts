import type { z } from 'zod';
import type { Account } from '../../../modules/accounts/index.ts';
import type { Notification } from '../../../modules/notifications/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { toAccount } from '../accounts/entities.ts';
import { actionOf, appealEntityOf } from '../measures/entities.ts';
import type { warningEntity } from './schemas.ts';

/** What was decided about the recipient, by the id of the measure, as the Mastodon API writes it. */
export async function warningsOf(deps: HttpDeps, list: readonly Notification[]) {
  const measures = await deps.measures.among(list.flatMap(({ measureId }) => measureId ?? []));
  const appeals = await deps.measures.appealsAmong(measures.map(({ id }) => id));
  const byId = new Map(measures.map((measure) => [measure.id, measure]));
  return ({ measureId }: Notification, target: Account | undefined): z.input<typeof warningEntity> | null => {
    const measure = measureId === null ? undefined : byId.get(measureId);
    if (!measure || !target) return null;
    const appeal = appeals.get(measure.id);
    return {
      id: measure.id,
      action: actionOf(measure.measure),
      text: measure.facts,
      status_ids: measure.target.kind === 'account' ? [] : [measure.target.id],
      target_account: toAccount(deps, target),
      appeal: appeal ? appealEntityOf(appeal) : null,
      created_at: measure.createdAt.toISOString(),
    };
  };
}
