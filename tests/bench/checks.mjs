// The same check as ours, as it is usually written: credential by the hash of
// the key, the user's row by its primary key, JSON; with the headers and the
// members that our answer has, so that all send the same.
//
//   node checks.mjs express|fastify PORT
//
// RUNG_DB_SOCKET, RUNG_DB_NAME: where the tables are.
import { createHash, randomBytes } from 'node:crypto';
import express from 'express';
import fastify from 'fastify';
import mysql from 'mysql2/promise';

const [kind, port] = process.argv.slice(2);
const pool = mysql.createPool({ socketPath: process.env.RUNG_DB_SOCKET, user: 'root',
  database: process.env.RUNG_DB_NAME, connectionLimit: 16 });

// Bytes of a column, whatever the driver makes of it, as text.
const text = (value) => value.toString('utf8');

const headersOf = (tag) => ({
  'Request-Id': randomBytes(16).toString('hex'),
  'Cache-Control': 'private, no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  Vary: 'Origin, Authorization, X-API-Key',
  ETag: tag,
});

// Status, body and tag of the answer to one check.
async function check(key, user, capability) {
  if (!key) return [401, { code: 'no-credential' }];
  const hash = createHash('sha256').update(key).digest();
  const [[credential]] = await pool.execute(
    'SELECT seller_id, kind, key_id, user_id, scopes, expires_at, revoked_at'
    + ' FROM credentials WHERE secret_hash = ?', [hash]);
  if (!credential || credential.revoked_at !== null
    || (credential.expires_at !== null && Date.now() * 1000 >= credential.expires_at))
    return [401, { code: 'bad-credential' }];
  const [[row]] = await pool.execute(
    'SELECT ver, due_at, document FROM users WHERE seller_id = ? AND user_id = ?',
    [credential.seller_id, user]);
  if (!row || (row.due_at !== null && Date.now() * 1000 >= row.due_at))
    return [503, { code: 'not-here' }];
  const held = JSON.parse(text(row.document));
  const allowed = held.capabilities.includes(capability);
  return [200, { user, capability, allowed, code: allowed ? 'granted-by-tier' : 'not-in-tier',
    tier: held.tier, version: row.ver, upgrade_to: [] }, `"u${row.ver}"`];
}

const at = '/v1/users/:user/can/:capability';
if (kind === 'express') {
  const app = express();
  app.get(at, async (request, response) => {
    try {
      const { user, capability } = request.params;
      const [status, body, tag] = await check(request.get('X-API-Key'), user, capability);
      response.status(status).set(headersOf(tag)).json(body);
    } catch (error) {
      console.error(error.message);
      response.status(500).end();
    }
  });
  app.listen(Number(port), '127.0.0.1');
} else {
  const app = fastify();
  app.get(at, async (request, reply) => {
    const { user, capability } = request.params;
    const [status, body, tag] = await check(request.headers['x-api-key'], user, capability);
    reply.code(status).headers(headersOf(tag));
    return body;
  });
  await app.listen({ port: Number(port), host: '127.0.0.1' });
}
