import { type IRouter, type Request, type RequestHandler, type Response, raw } from 'express';
import type { z } from 'zod';
import { faspLimits } from '../../../config/fasp-limits.ts';
import {
  type AnswerSigner,
  backfillSchema,
  callbackSchema,
  type ProviderKeys,
  registrationSchema,
  subscriptionSchema,
} from '../../modules/fasp/index.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { networkOf } from '../limits.ts';

/** Below our own address, where providers find what they may ask (FASP general v0.1, protocol basics). */
export const FASP_PATH = '/fasp';

const REGISTRATIONS = { name: 'fasp', points: faspLimits.registrationsPerHour, seconds: 3_600 };
const readRaw = raw({ type: () => true, limit: faspLimits.maxBytes, inflate: false });

/** What is answered to a provider. Without `json` the body is empty. */
interface Answer {
  readonly status: number;
  readonly json?: unknown;
}

interface Asked {
  readonly provider: ProviderKeys;
  readonly json: unknown;
  readonly params: Readonly<Record<string, unknown>>;
  readonly ip: string | undefined;
}

/** What auxiliary service providers ask of this server. All but the registration is for accepted ones, who sign. */
export function mountFasp(app: IRouter, deps: HttpDeps): void {
  app.post(`${FASP_PATH}/registration`, readRaw, register(deps));
  const sharing = `${FASP_PATH}/data_sharing/v0`;
  app.post(`${sharing}/event_subscriptions`, readRaw, signed(deps, subscribe(deps)));
  app.delete(`${sharing}/event_subscriptions/:id`, readRaw, signed(deps, unsubscribe(deps)));
  app.post(`${sharing}/backfill_requests`, readRaw, signed(deps, backfill(deps)));
  app.post(`${sharing}/backfill_requests/:id/continuation`, readRaw, signed(deps, goOn(deps)));
  app.post(`${FASP_PATH}/debug/v0/callback/responses`, readRaw, signed(deps, calledBack(deps)));
  app.all(
    [FASP_PATH, `${FASP_PATH}/*path`],
    readRaw,
    signed(deps, async () => ({ status: 404 })),
  );
}

function register(deps: HttpDeps): RequestHandler {
  return async (req, res) => {
    await deps.limits.take(REGISTRATIONS, `network:${networkOf(req.ip)}`);
    const read = registrationSchema.safeParse(jsonOf(req));
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new ApiError('validation-failed', `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
    }
    const outcome = await deps.inTx((tx) => deps.fasp.providers.register(tx, read.data));
    if (!outcome.ok) {
      throw outcome.reason === 'too-many'
        ? new ApiError('too-many-requests', outcome.detail, { headers: { 'Retry-After': '86400' } })
        : new ApiError('validation-failed', outcome.detail);
    }
    const { faspId, publicKey, signer } = outcome;
    const registrationCompletionUri = `${deps.urls.origin}/admin/services`;
    answer(deps, res, { status: 201, json: { faspId, publicKey, registrationCompletionUri } }, signer);
  };
}

type Handle = (asked: Asked) => Promise<Answer>;

const STATUS = { off: 403, 'too-many': 429, 'not-found': 404 } as const;
const refusal = ({ reason, detail }: { reason: keyof typeof STATUS; detail?: string }): Answer => ({
  status: STATUS[reason],
  json: { error: detail },
});
const unreadable = (error: z.ZodError): Answer => ({
  status: 422,
  json: {
    error: error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join(' '),
  },
});

function subscribe({ inTx, fasp }: HttpDeps): Handle {
  return async ({ provider, json }) => {
    const read = subscriptionSchema.safeParse(json);
    if (!read.success) return unreadable(read.error);
    const made = await inTx((tx) => fasp.sharing.subscribe(tx, provider.faspId, read.data));
    return made.ok ? { status: 201, json: { subscription: { id: made.id } } } : refusal(made);
  };
}

function unsubscribe({ inTx, fasp }: HttpDeps): Handle {
  return async ({ provider, params }) => {
    const gone = await inTx((tx) => fasp.sharing.unsubscribe(tx, provider.faspId, String(params.id)));
    return gone.ok ? { status: 204 } : refusal(gone);
  };
}

function backfill({ inTx, fasp }: HttpDeps): Handle {
  return async ({ provider, json }) => {
    const read = backfillSchema.safeParse(json);
    if (!read.success) return unreadable(read.error);
    const made = await inTx((tx) => fasp.sharing.backfill(tx, provider.faspId, read.data));
    return made.ok ? { status: 201, json: { backfillRequest: { id: made.id } } } : refusal(made);
  };
}

function goOn({ inTx, fasp }: HttpDeps): Handle {
  return async ({ provider, params }) => {
    const more = await inTx((tx) => fasp.sharing.goOn(tx, provider.faspId, String(params.id)));
    return more.ok ? { status: 204 } : refusal(more);
  };
}

function calledBack({ inTx, fasp }: HttpDeps): Handle {
  return async ({ provider, json, ip }) => {
    const read = callbackSchema.safeParse(json);
    if (!read.success) return unreadable(read.error);
    const heard = await inTx((tx) => fasp.callbacks.heard(tx, provider.faspId, { ip, json: read.data }));
    return heard.ok ? { status: 201 } : refusal(heard);
  };
}

/** Lets in whoever is accepted and has signed this very request; everybody else gets 401. */
function signed(deps: HttpDeps, handle: Handle): RequestHandler {
  return async (req, res) => {
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const { method, originalUrl: path, rawHeaders } = req;
    const who = await deps.faspDoor.whoSigned({ method, path, rawHeaders, body });
    if ('error' in who) {
      res.status(401).set('Cache-Control', 'no-store').json({ error: who.error });
      return;
    }
    const { provider } = who;
    const { params, ip } = req;
    answer(deps, res, await handle({ provider, json: jsonOf(req), params, ip }), provider);
  };
}

function jsonOf(req: Request): unknown {
  try {
    return Buffer.isBuffer(req.body) && req.body.length > 0
      ? JSON.parse(req.body.toString('utf8'))
      : undefined;
  } catch {
    return undefined;
  }
}

function answer(deps: HttpDeps, res: Response, { status, json }: Answer, signer: AnswerSigner): void {
  const body = json === undefined ? '' : JSON.stringify(json);
  res.status(status).set('Cache-Control', 'no-store').set(deps.faspDoor.signAnswer({ status, body }, signer));
  if (body !== '') res.set('Content-Type', 'application/json; charset=utf-8');
  res.end(body);
}
