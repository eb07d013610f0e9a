import { startS3 } from '../../test/helpers/s3-server.ts';

/** The S3 server as a process of its own, so that its memory is told apart. Ends with whoever started it. */
const s3 = await startS3(process.argv[2] ?? '');
process.once('disconnect', () => process.exit());
process.send?.({ endpoint: s3.endpoint, accessKey: s3.accessKey, secretKey: s3.secretKey });
