import { createPrivateKey, createPublicKey } from 'node:crypto';
import { verifyRequest } from '@fedify/fedify';
import { remoteJsonLimits, signatureLimits } from '../config/limits.ts';
import { normaliseActivity } from '../federation/inbox/normalise.ts';
import { createVerifyRequest } from '../federation/inbox/signature/verify.ts';
import { createFedifyLoaders } from '../federation/net/fedify-loaders.ts';
import { generateActorKeys, signRequest } from '../federation/outbox/sign.ts';
import { parseBoundedJson } from '../src/lib/net/bounded-json.ts';
import { type Bench, callsPerCpuSecond } from './measurement.ts';

const HOST = 'video.example';
const ACTOR = 'https://peer.example/users/alice';

/**
 * What stands before an activity is stored, without the database: signature, digest, bounded parse, origin
 * rules; against Fedify verifying the same request (which leaves the parsing still to do).
 */
export const inbox: Bench = async () => {
  const keys = await generateActorKeys();
  const keyId = `${ACTOR}#main-key`;
  const body = Buffer.from(JSON.stringify(activity()));
  const url = new URL(`https://${HOST}/inbox`);
  const key = createPrivateKey(keys.privateKeyPem);
  const headers = await signRequest({ method: 'POST', url, body, key, keyId, now: Date.now() });

  const verify = createVerifyRequest({
    origin: `https://${HOST}`,
    clock: { now: Date.now },
    limits: signatureLimits,
  });
  const publicKey = createPublicKey(keys.publicKeyPem);
  const lookup = async () => ({ ok: true as const, key: publicKey, keyId, actorId: ACTOR, isFresh: true });
  const rawHeaders = Object.entries(headers).flat();
  const ours = await callsPerCpuSecond(async () => {
    const proof = await verify({ method: 'POST', path: '/inbox', rawHeaders, body }, lookup);
    const parsed = parseBoundedJson(body, remoteJsonLimits);
    if (!proof.ok || !parsed.ok || !normaliseActivity(parsed.value, body).ok) throw new Error('refused');
  });

  const actor = {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: ACTOR,
    type: 'Person',
    inbox: `${ACTOR}/inbox`,
    preferredUsername: 'alice',
    publicKey: { id: keyId, owner: ACTOR, publicKeyPem: keys.publicKeyPem },
  };
  const documents = createFedifyLoaders(async () => ({
    ok: true,
    url: ACTOR,
    document: actor,
    contentType: 'application/activity+json',
    bytes: 0,
  }));
  const fedify = await callsPerCpuSecond(async () => {
    const request = new Request(url, { method: 'POST', headers, body });
    const verified = await verifyRequest(request, {
      documentLoader: documents.documentLoaderFactory({}),
      contextLoader: documents.contextLoaderFactory({}),
    });
    if (!verified) throw new Error('refused');
  });
  return [{ metric: 'verified', value: ours, unit: 'a CPU-second', baseline: fedify, goal: 10 }];
};

function activity(): object {
  const note = {
    id: 'https://peer.example/notes/1',
    type: 'Note',
    attributedTo: ACTOR,
    content: `<p>${'A clip of a walk by the sea. '.repeat(20)}</p>`,
    to: ['https://www.w3.org/ns/activitystreams#Public'],
    cc: [`${ACTOR}/followers`],
    attachment: [{ type: 'Document', mediaType: 'video/mp4', url: 'https://peer.example/1.mp4' }],
  };
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: 'https://peer.example/notes/1#create',
    type: 'Create',
    actor: ACTOR,
    to: note.to,
    cc: note.cc,
    object: note,
  };
}
