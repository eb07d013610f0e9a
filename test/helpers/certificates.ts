import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  /** The file of the authority that signed those that follow. */
  readonly authority: string;
  /** Signed by itself. */
  readonly strange: Certificate;
  /** It has ended. */
  readonly over: Certificate;
  /** It ends in five days. */
  readonly soon: Certificate;
}

/** Certificates for localhost, made by OpenSSL in `directory`; null where that is not installed. */
export async function makeCertificates(directory: string): Promise<Certificates | null> {
  const at = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory });
  try {
    await openssl('version');
  } catch {
    return null;
  }
  const name = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj'];
  const self = (file: string, subject: string) =>
    openssl('req', '-x509', ...name, subject, '-keyout', `${file}.key`, '-out', `${file}.pem`, '-days', '30');
  await self('authority', '/CN=authority of a test');
  await self('strange', '/CN=localhost');
  await writeFile(at('names'), 'subjectAltName=DNS:localhost');
  const signed = async (file: string, days: number) => {
    await openssl('req', ...name, '/CN=localhost', '-keyout', `${file}.key`, '-out', `${file}.csr`);
    await openssl(
      ...['x509', '-req', '-in', `${file}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key'],
      ...['-CAcreateserial', '-extfile', 'names', '-out', `${file}.pem`, '-days', String(days)],
    );
  };
  await signed('soon', 5);
  // For no time at all: it is over a moment later.
  await signed('over', 0);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const read = async (file: string): Promise<Certificate> => ({
    key: await readFile(at(`${file}.key`), 'utf8'),
    cert: await readFile(at(`${file}.pem`), 'utf8'),
  });
  return {
    authority: at('authority.pem'),
    strange: await read('strange'),
    over: await read('over'),
    soon: await read('soon'),
  };
}
