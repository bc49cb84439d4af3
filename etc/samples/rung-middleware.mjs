// Lets a request through if its user has a capability; for Express and
// Fastify, and by can() for anything else.  One file, nothing to install.
//
//	import { rung } from './rung-middleware.mjs';
//	const { express, fastify, can } = rung({ url: 'https://shop.example',
//	  key: process.env.RUNG_CHECK_KEY });
//	app.get('/export', express('export:csv', (req) => req.session.user), ...);
//	app.get('/export', { preHandler: fastify('export:csv', (req) => req.user.id) }, ...);
//
// No answer within 300 ms, or none that can be read, means no.  With
// lastKnownGood: 60 an answer of at most so many seconds ago, 60 at most, stands
// in for a server that is away.  `used` and the log say which it was: 'live',
// 'last-known-good' or 'closed'; live answers are logged at the level 'debug'.
import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

export function rung({ url, key, timeout = 300, lastKnownGood = 0,
  log = (level, line) => level === 'debug' || console.warn(line) }) {
  const base = url.replace(/\/$/, '');
  const transport = url.startsWith('https:') ? https : http;
  const agent = new transport.Agent({ keepAlive: true });
  const life = Math.min(lastKnownGood, 60) * 1000;
  const newest = new Map(); // user: version
  const known = new Map(); // user, version, capability: {answer, at}

  // The status and the text of one answer, all of it before the signal.
  function ask(user, capability, signal, again = true) {
    const where = `${base}/v1/users/${encodeURIComponent(user)}/can/${encodeURIComponent(capability)}`;
    return new Promise((resolve, reject) => {
      const request = transport.get(where, { agent, signal, headers: { 'X-API-Key': key } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (part) => { text += part; });
          answer.on('error', reject);
          answer.on('end', () => resolve([answer.statusCode, text]));
        });
      // The server may close a kept connection just as we use it.
      request.on('error', (error) => (again && request.reusedSocket && !signal.aborted
        ? ask(user, capability, signal, false).then(resolve, reject) : reject(error)));
    });
  }

  function remember(user, capability, answer) {
    if (life === 0 || answer.version < newest.get(user)) return; // overtaken on the way
    newest.set(user, answer.version);
    known.set(JSON.stringify([user, answer.version, capability]), { answer, at: performance.now() });
    if (known.size > 20000) [newest, known].forEach((map) => map.clear());
  }

  function recall(user, capability) {
    const verdict = known.get(JSON.stringify([user, newest.get(user), capability]));
    return verdict && performance.now() - verdict.at < life ? verdict.answer : undefined;
  }

  // May this user do this?  {allowed, used}, and what the answer said: code, version.
  async function can(user, capability) {
    if (typeof user !== 'string' || user === '') return { allowed: false, used: 'closed' };
    let [used, level, status, why, text, answer] = ['closed', 'warning', 0, 'no verdict'];
    try {
      [status, text] = await ask(user, capability, AbortSignal.timeout(timeout));
      const got = status === 200 ? JSON.parse(text) : {};
      if (got.user === user && got.capability === capability) answer = got;
    } catch (error) { // whatever it was, it was no yes
      why = error.code ?? error.name;
    }
    if (answer) {
      remember(user, capability, answer);
      [used, level, why] = ['live', 'debug', answer.code];
    } else if (status === 0 || status === 429 || status >= 500) {
      answer = recall(user, capability);
      used = answer ? 'last-known-good' : 'closed';
    } else if (status === 401 || status === 403) {
      [level, why] = ['error', 'the key is refused'];
    }
    log(level, `rung: ${used} for ${capability}: status ${status}, ${why}`);
    return { ...answer, allowed: answer?.allowed === true, used };
  }

  const refusal = { error: 'not included', upgrade: true };
  return {
    can,
    express: (capability, userOf) => async (req, res, next) => {
      req.rung = await can(await userOf(req), capability);
      if (req.rung.allowed) next();
      else res.status(403).json({ ...refusal, capability });
    },
    fastify: (capability, userOf) => async (request, reply) => {
      request.rung = await can(await userOf(request), capability);
      if (!request.rung.allowed) return reply.code(403).send({ ...refusal, capability });
    },
  };
}

// A link to a file behind the gate: the key is what `rung url key` prints, the
// path as on disk, not encoded; expires in seconds since 1970.
export function signUrl(key, path, user, expires) {
  const sig = createHmac('sha256', key).update(`${path}\n${user}\n${expires}`).digest('base64url');
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${encoded}?u=${encodeURIComponent(user)}&exp=${expires}&sig=${sig}`;
}
