import { createPrivateKey, createPublicKey } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { digest, signatureOf, whyNotSigned } from './fasp.ts';
import type { ProviderFacts } from './killable-fasp.ts';

/**
 * An auxiliary service provider as a process of its own, to be killed. What it got is on disk before it answers; a request for the path that it
 * is told to hang on is told to whoever started it, and never answered. With `calls`, it asks the server for subscriptions without an end.
 */
const facts: ProviderFacts = JSON.parse(process.env.FASP ?? '');
const key = createPrivateKey(facts.privateKey);
const now = () => Math.floor(Date.now() / 1_000);
let ofPath = 0;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const server = createServer(async (request, response) => {
  const body = await textOf(request);
  const { method = '', url = '', headers } = request;
  const derived = { '@method': method, '@target-uri': `${facts.baseUrl}${url}` };
  const serverKey = createPublicKey({
    key: Buffer.from(facts.serverKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  const why = whyNotSigned(headers, derived, body, { key: serverKey, keyId: facts.serverId });
  const [path = ''] = url.split('?');
  appendFileSync(
    facts.log,
    `${JSON.stringify({ path, why, json: body === '' ? null : JSON.parse(body) })}\n`,
  );
  if (path === facts.hang?.path) {
    ofPath += 1;
    if (ofPath >= facts.hang.from) return void process.send?.('hangs');
  }
  const found = facts.answers[path];
  const text = found === undefined ? '' : JSON.stringify(found);
  const status = why !== null ? 401 : found === undefined ? 204 : 200;
  const values = { '@status': String(status), 'content-digest': digest(text) };
  response.writeHead(status, {
    'content-digest': values['content-digest'],
    ...signatureOf(values, { key, keyId: facts.faspId, created: now() }),
    ...(text !== '' && { 'content-type': 'application/json' }),
  });
  response.end(text);
});

async function callForEver(): Promise<void> {
  const url = `${facts.ownUrl}/data_sharing/v0/event_subscriptions`;
  for (let maxBatchSize = 1; ; maxBatchSize += 1) {
    const body = JSON.stringify({ category: 'content', subscriptionType: 'lifecycle', maxBatchSize });
    const values = { '@method': 'POST', '@target-uri': url, 'content-digest': digest(body) };
    await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'content-digest': values['content-digest'],
        ...signatureOf(values, { key, keyId: facts.faspId, created: now() }),
      },
    });
  }
}

server.listen(facts.port, facts.address, () => {
  const bound = server.address();
  process.send?.({ port: typeof bound === 'object' ? bound?.port : 0 });
  if (facts.calls) void callForEver();
});
