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
// lastKnownGood: 60 an answer of at most so many seconds ago stands in for a
// server that is away; it is off unless you ask for it.  can() says which it
// was in `used`: 'answer', 'last-known-good' or 'closed'.
import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

export function rung({ url, key, timeout = 300, lastKnownGood = 0,
  log = (line) => console.warn(line) }) {
  const base = url.replace(/\/$/, '');
  const transport = url.startsWith('https:') ? https : http;
  const agent = new transport.Agent({ keepAlive: true });
  const known = new Map(); // user -> {version, verdicts: capability -> {allowed, at}}
  const life = Math.min(lastKnownGood, 60) * 1000;

  function get(where, signal, again = true) {
    return new Promise((resolve, reject) => {
      const request = transport.get(where, { agent, signal, headers: { 'X-API-Key': key } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (part) => { text += part; });
          answer.on('error', reject);
          answer.on('end', () => resolve({ status: answer.statusCode, text }));
        });
      // The server may close a kept connection just as we use it.
      request.on('error', (error) => (again && request.reusedSocket && !signal.aborted
        ? get(where, signal, false).then(resolve, reject) : reject(error)));
    });
  }

  function remember(user, capability, { allowed, version }) {
    if (life === 0) return;
    let state = known.get(user);
    if (state && state.version > version) return; // overtaken on the way
    if (!state || state.version < version) state = { version, verdicts: new Map() };
    state.verdicts.set(capability, { allowed, at: performance.now() });
    known.delete(user);
    known.set(user, state); // the latest is last
    if (known.size > 10000) known.delete(known.keys().next().value);
  }

  function recall(user, capability) {
    const verdict = known.get(user)?.verdicts.get(capability);
    return verdict && performance.now() - verdict.at <= life ? verdict : undefined;
  }

  function without(user, capability, why, mayRecall) {
    const verdict = mayRecall ? recall(user, capability) : undefined;
    const used = verdict ? 'last-known-good' : 'closed';
    log(`rung: ${used} for ${capability}: ${why}`);
    return { allowed: verdict?.allowed ?? false, used };
  }

  // May this user do this?  {allowed, used}, and of an answer code and version.
  async function can(user, capability) {
    if (typeof user !== 'string' || user === '') return { allowed: false, used: 'closed' };
    const where = `${base}/v1/users/${encodeURIComponent(user)}/can/${encodeURIComponent(capability)}`;
    let status;
    let text;
    try {
      ({ status, text } = await get(where, AbortSignal.timeout(timeout)));
    } catch (error) {
      return without(user, capability, error.code ?? error.name, true);
    }
    if (status !== 200)
      return without(user, capability, `status ${status}`, status >= 500 || status === 429);
    try {
      const answer = JSON.parse(text);
      if (typeof answer.allowed !== 'boolean') throw new Error('not a verdict');
      remember(user, capability, answer);
      return { ...answer, used: 'answer' };
    } catch {
      return without(user, capability, 'an answer that cannot be read', false);
    }
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
