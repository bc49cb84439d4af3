// Two routes behind the middleware: node app.mjs express|fastify.
import express from 'express';
import fastify from 'fastify';
import { rung, signUrl } from '../../../etc/samples/rung-middleware.mjs';

const { RUNG_AT, RUNG_KEY, RUNG_TIMEOUT, RUNG_LAST, RUNG_LOG, PORT } = process.env;
const gate = rung({ url: RUNG_AT, key: RUNG_KEY, lastKnownGood: Number(RUNG_LAST),
  ...(RUNG_TIMEOUT && { timeout: Number(RUNG_TIMEOUT) }),
  ...(RUNG_LOG && { log: (level, line) => console.error(`${level} ${line}`) }) });
const routes = { '/csv': 'export:csv', '/saml': 'sso:saml' };
const userOf = (request) => request.query.user;
const sign = ({ key, path, user, exp }) => signUrl(key, path, user, exp);

const now = performance.now.bind(performance);
const later = ({ seconds }) => {
  performance.now = () => now() + seconds * 1000;
  return '';
};

if (process.argv[2] === 'express') {
  const app = express();
  app.use((req, res, next) => { res.json = ((json) => (body) => {
    res.set('X-Rung', req.rung.used);
    return json.call(res, body);
  })(res.json); next(); });
  for (const [path, capability] of Object.entries(routes))
    app.get(path, gate.express(capability, userOf), (req, res) => res.json({}));
  app.get('/sign', (req, res) => res.send(sign(req.query)));
  app.get('/later', (req, res) => res.send(later(req.query)));
  app.listen(PORT, '127.0.0.1');
} else {
  const app = fastify();
  app.addHook('onSend', async (request, reply) => {
    if (request.rung) reply.header('X-Rung', request.rung.used);
  });
  for (const [path, capability] of Object.entries(routes))
    app.get(path, { preHandler: gate.fastify(capability, userOf) }, async () => ({}));
  app.get('/sign', async (request) => sign(request.query));
  app.get('/later', async (request) => later(request.query));
  app.listen({ port: Number(PORT), host: '127.0.0.1' });
}
