import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';

/** What a server shows when it is connected to. */
export interface ShownCertificate {
  readonly validTo: Date;
  /** Null where it is good for the name; otherwise why it is not, in the words of OpenSSL. */
  readonly fault: string | null;
}

const TIMEOUT_MS = 5_000;

/** The certificate of a server, whether it is good or not. Rejects where there is none to be had. */
export function certificateOf(
  { host, port }: { readonly host: string; readonly port: number },
  options: Pick<ConnectionOptions, 'ca'> = {},
): Promise<ShownCertificate> {
  return new Promise((resolve, reject) => {
    // An address is no name that a certificate is asked for by (RFC 6066).
    const named = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...named, rejectUnauthorized: false, ...options }, () => {
      const { valid_to: validTo } = socket.getPeerCertificate();
      const fault = socket.authorized ? null : String(socket.authorizationError);
      socket.destroy();
      resolve({ validTo: new Date(validTo), fault });
    });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`${host} did not answer in time.`)));
    socket.on('error', reject);
  });
}
