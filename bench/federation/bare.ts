import { createPrivateKey } from 'node:crypto';
import { Agent } from 'undici';
import { signRequest } from '../../federation/outbox/sign.ts';
import { servePart } from './part.ts';

/** The physical floor of a delivery: sign and POST, with nothing kept and nothing decided. */
const key = createPrivateKey(process.env.PRIVATE_KEY_PEM ?? '');
const keyId = 'http://127.0.0.1/users/alice#main-key';
const body = Buffer.from(JSON.stringify({ padding: 'x'.repeat(2_000) }));

servePart(
  {
    send: async (inboxes: string[]) => {
      const agent = new Agent({ connections: 8 });
      let next = 0;
      const worker = async () => {
        for (let inbox = inboxes[next++]; inbox !== undefined; inbox = inboxes[next++]) {
          const url = new URL(inbox);
          const headers = await signRequest({ method: 'POST', url, body, key, keyId, now: Date.now() });
          const { origin, pathname: path } = url;
          const answer = await agent.request({ origin, path, method: 'POST', headers, body });
          await answer.body.dump();
        }
      };
      await Promise.all(Array.from({ length: 64 }, worker));
      await agent.destroy();
    },
  },
  async () => undefined,
);
