import express from 'express';
import { servePart } from './part.ts';

/** The physical floor of an inbox: Express answers a POST and does nothing else. */
const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.post('/inbox', (_req, res) => {
  res.status(202).end();
});
const server = app.listen(Number(process.env.PORT), '127.0.0.1');
servePart({}, async () => {
  server.closeAllConnections();
  server.close();
});
