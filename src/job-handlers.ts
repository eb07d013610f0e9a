import type { createFederationSide } from '../federation/index.ts';
import type { JobHandlers } from './jobs/registry.ts';
import type { createFieldChecks, Pictures } from './modules/accounts/index.ts';
import type { Archives } from './modules/archives/index.ts';
import type { Auth } from './modules/auth/index.ts';
import type { Claims } from './modules/claims/index.ts';
import type { createClosing, createDepartures } from './modules/departures/index.ts';
import type { Digests } from './modules/digests/index.ts';
import type { Domains } from './modules/domains/index.ts';
import type { Exchange } from './modules/exchange/index.ts';
import type { Fasp } from './modules/fasp/index.ts';
import type { Mail } from './modules/mail/index.ts';
import type { LegalHolds, ReportDesk } from './modules/moderation/index.ts';
import type { Portability } from './modules/portability/index.ts';
import type { Push } from './modules/push/index.ts';
import type { Remixes } from './modules/remixes/index.ts';
import type { Sounds } from './modules/sounds/index.ts';
import type { Storage } from './modules/storage/index.ts';
import type { Videos } from './modules/videos/index.ts';
import type { Watching } from './modules/watching/index.ts';

interface Parts {
  readonly videos: Videos;
  readonly media: Storage;
  readonly reportDesk: ReportDesk;
  readonly legalHolds: LegalHolds;
  readonly claims: Claims;
  readonly pictures: Pictures;
  readonly archives: Archives;
  readonly departures: ReturnType<typeof createDepartures>;
  readonly closing: ReturnType<typeof createClosing>;
  readonly portability: Portability;
  readonly fieldChecks: ReturnType<typeof createFieldChecks>;
  readonly push: Push;
  readonly mail: Mail;
  readonly auth: Auth;
  readonly digests: Digests;
  readonly domains: Domains;
  readonly exchange: Exchange;
  readonly remixes: Remixes;
  readonly sounds: Sounds;
  readonly fasp: Fasp;
  readonly federation: ReturnType<typeof createFederationSide>;
  readonly watching: Watching;
}

/** What each job of the registry does: forgetting one does not compile. */
export function createJobHandlers(parts: Parts): JobHandlers {
  const { videos, media, reportDesk, pictures, archives, departures, portability, fieldChecks } = parts;
  const { push, mail, auth, digests, domains, federation, watching, claims } = parts;
  return {
    'media.process': async ({ videoId }, run) => videos.jobs.process(videoId, run),
    'media.ladder': async (payload, run) => videos.jobs.ladder(payload, run),
    'media.extras': async ({ videoId }, run) => videos.jobs.extras(videoId, run),
    'media.poster': async ({ videoId }, run) => videos.jobs.poster(videoId, run),
    'media.resound': async ({ videoId }, run) => videos.jobs.resound(videoId, run),
    'media.remake': async ({ videoId }, run) => videos.jobs.remake(videoId, run),
    'media.transcribe': async ({ videoId }, run) => videos.jobs.transcribe(videoId, run),
    'media.classify': async ({ videoId }, run) => videos.jobs.classify(videoId, run),
    'media.replicate': async ({ videoId }, run) => videos.jobs.replicate(videoId, run),
    'media.purge': async ({ videoId }, run) => videos.jobs.purge(videoId, run),
    'reports.evidence': ({ reportId }, run) => reportDesk.sheets.keep(reportId, run),
    'legal-holds.copy': ({ holdId }, run) => parts.legalHolds.copy(holdId, run),
    'remixes.withdraw': ({ videoId }, run) => parts.remixes.withdraw(videoId, run),
    'sounds.carry': ({ videoId }, run) => parts.sounds.carry(videoId, run),
    'sounds.settle': ({ soundId }, run) => parts.sounds.settle(soundId, run),
    'sounds.tell':
      async ({ videoId }) =>
      async (tx) =>
        videos.tellAnew(tx, videoId),
    'claims.settle': ({ claimId }, run) => claims.jobs.settle(claimId, run),
    'claims.copies': ({ claimId }, run) => claims.jobs.copies(claimId, run),
    'media.cool': ({ videoId }, run) => media.jobs.cool(videoId, run),
    'media.warm': ({ key }) => media.jobs.warm(key),
    'media.remote-poster': ({ videoId }, run) => videos.jobs.remotePoster(videoId, run),
    'storage.scan': (job, run) => media.jobs.scan(job, run),
    'accounts.pictures': ({ accountId }, run) => pictures.jobs.copy(accountId, run),
    'accounts.purge': ({ accountId }, run) => pictures.jobs.purge(accountId, run),
    'accounts.archive': (job, run) => archives.jobs.make(job, run),
    'archives.purge': ({ accountId }, run) => archives.jobs.purge(accountId, run),
    'accounts.clear': ({ accountId }, run) => departures.jobs.clear(accountId, run),
    'accounts.end-all': (_, run) => parts.closing.endAll(run),
    'accounts.move': ({ accountId }, run) => departures.jobs.move(accountId, run),
    'accounts.import': ({ importId }, run) => portability.work(federation.lookup, importId, run),
    'accounts.verify': ({ accountId }, run) => fieldChecks.verify(accountId, run),
    'push.send': (payload, run) => push.jobs.send(payload, run),
    'mail.send': (payload) => mail.jobs.send(payload),
    'mail.reset': (payload) => auth.resets.mailReset(payload),
    'mail.waiting': () => auth.tellOfWaiting(),
    'mail.digest': (payload) => digests.work(payload),
    'mail.staff-digest': (payload) => digests.summarise(payload),
    'domains.purge': async ({ domain }, run) => {
      await domains.servers.endAll(domain, run);
      return undefined;
    },
    'inbox.drain': ({ host }, run) => federation.drainInbox(host, run),
    'deliver.host': ({ host }, run) => federation.pump(host, run),
    'instances.inspect': async ({ host }) => {
      await federation.inspect(host);
      return undefined;
    },
    ...federation.reading.jobs,
    ...{ ...parts.exchange.jobs, ...parts.fasp.jobs },
    'watching.store': ({ entry }) => watching.storeAgain(entry),
  };
}
