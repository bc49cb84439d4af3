// One route behind the middleware: node app.mjs express|fastify.
import express from 'express';
import fastify from 'fastify';
import { rung, signUrl } from '../../../etc/samples/rung-middleware.mjs';

const { RUNG_AT, RUNG_KEY, RUNG_LAST = '0', PORT } = process.env;
const gate = rung({ url: RUNG_AT, key: RUNG_KEY, lastKnownGood: Number(RUNG_LAST) });
const userOf = (request) => request.query.user;
const sign = ({ key, path, user, exp }) => signUrl(key, path, user, exp);

if (process.argv[2] === 'express') {
  const app = express();
  app.use((req, res, next) => { res.json = ((json) => (body) => {
    res.set('X-Rung', req.rung.used);
    return json.call(res, body);
  })(res.json); next(); });
  app.get('/can', gate.express('export:csv', userOf), (req, res) => res.json({}));
  app.get('/sign', (req, res) => res.send(sign(req.query)));
  app.listen(PORT, '127.0.0.1');
} else {
  const app = fastify();
  app.addHook('onSend', async (request, reply) => {
    if (request.rung) reply.header('X-Rung', request.rung.used);
  });
  app.get('/can', { preHandler: gate.fastify('export:csv', userOf) }, async () => ({}));
  app.get('/sign', async (request) => sign(request.query));
  app.listen({ port: Number(PORT), host: '127.0.0.1' });
}
