// A validating proxy of our own: passes requests on as they come, and turns
// every answer that openapi.yaml does not declare into a 500 that says why.
// It stands before a running quickstart (RUNG_URL, RUNG_DIR), whose programs
// it tells to take it for their own address; then it prints "ready URL".  At
// SIGTERM it prints what it saw, and fails if anything was undeclared or an
// operation of the document was never asked for.
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { operations, violations } from './contract.mjs';

const upstream = new URL(process.env.RUNG_URL);
const faults = [];
const seen = new Map(); // "operation status" -> how often

// ---- Which operation ------------------------------------------------------

// {id} is any one segment, {rest} the rest; named segments go before places.
function patternOf(where) {
  const text = where.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{rest\}/g, '.+').replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${text}$`);
}

const places = (where) => where.split('{').length;

const routes = operations.map((one) => ({ ...one, pattern: patternOf(one.path) }))
  .sort((a, b) => places(a.path) - places(b.path));

// A method that the path does not have is refused as its others are.
function find(method, where) {
  const there = routes.filter(({ pattern }) => pattern.test(where));
  const asked = method === 'HEAD' ? 'GET' : method;
  return there.find((one) => one.method === asked) ?? there[0];
}

// Everything below these is ours, so what is not in the document is not there.
const ours = /^\/(v1|ofrep|access|metrics|healthz|readyz|sandbox)(\/|$)/;

function judge(method, where, answer) {
  const route = find(method, where);
  if (!route) {
    if (!ours.test(where) || [404, 405].includes(answer.status)) return [];
    return ['the path is not documented'];
  }
  if (method === 'OPTIONS')
    return answer.status === 204 ? [] : [`OPTIONS is answered ${answer.status}`];
  const { operationId } = route.operation;
  const what = `${operationId} ${answer.status}`;
  seen.set(what, (seen.get(what) ?? 0) + 1);
  return violations(route.operation, answer, method === 'HEAD');
}

// What is no path of ours the web server may refuse itself, in its own words;
// so it does for a program that a test has killed in the middle of its answer.
function isByServer(answer) {
  const page = /^text\/html/.test(answer.headers['content-type'] ?? '');
  return !answer.headers['request-id'] && ((answer.status === 500 && page)
    || [400, 404, 408, 411, 413, 414, 431, 502, 503, 504].includes(answer.status));
}

// ---- Passing on -----------------------------------------------------------

function refuse(response, why, answer) {
  const text = JSON.stringify({ undeclared: why, status: answer.status, text: answer.text });
  response.writeHead(500, { 'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function collect(stream) {
  return new Promise((resolve, reject) => {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => resolve(Buffer.concat(parts)));
    stream.on('error', reject);
  });
}

async function passBack(request, answer, response) {
  const where = request.url.split('?')[0];
  const { statusCode: status, headers } = answer;
  if (/^text\/event-stream/.test(headers['content-type'])) {
    const why = judge(request.method, where, { status, headers, text: '' });
    if (why.length > 0) faults.push({ method: request.method, url: where, why });
    response.writeHead(status, answer.rawHeaders);
    response.flushHeaders();
    answer.pipe(response);
    return;
  }
  const bytes = await collect(answer);
  const whole = { status, headers, text: bytes.toString() };
  const why = isByServer(whole) ? [] : judge(request.method, where, whole);
  if (why.length > 0) {
    faults.push({ method: request.method, url: where, status, why });
    refuse(response, why, whole);
    return;
  }
  const { rawHeaders } = answer;
  response.writeHead(status, answer.statusMessage, rawHeaders.filter((_, i) =>
    !/^(transfer-encoding|connection|keep-alive)$/i.test(rawHeaders[i - i % 2])));
  response.end(bytes);
}

const agent = new http.Agent({ keepAlive: false, maxSockets: Infinity });

const proxy = http.createServer({ keepAliveTimeout: 60000, requestTimeout: 0,
  maxHeaderSize: 256 * 1024 }, (request, response) => {
  const { socket } = request;
  // Headers as they came; but node would add a length that was not announced.
  const announced = 'content-length' in request.headers
    || 'transfer-encoding' in request.headers;
  const onward = http.request({ hostname: upstream.hostname, port: upstream.port, agent,
    method: request.method, path: request.url,
    headers: announced ? request.rawHeaders : request.headers,
    setHost: false, localAddress: socket.remoteAddress.replace(/^::ffff:/, ''),
    maxHeaderSize: 256 * 1024 });
  if (!announced) {
    onward.useChunkedEncodingByDefault = false;
    onward.removeHeader('Content-Length');
  }
  response.on('close', () => onward.destroy());
  onward.on('error', () => socket.destroy());
  onward.on('response', (answer) => {
    passBack(request, answer, response).catch(() => socket.destroy());
  });
  onward.on('information', ({ statusCode }) => {
    if (statusCode === 100) response.writeContinue();
  });
  request.pipe(onward);
});

// What node takes for no request is for the web server to judge.
proxy.on('clientError', (error, socket) => {
  if (!error.rawPacket || !socket.writable) {
    socket.destroy();
    return;
  }
  const onward = net.connect(upstream.port, upstream.hostname, () => {
    onward.write(error.rawPacket);
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => onward.destroy());
});
proxy.on('checkContinue', (...both) => proxy.emit('request', ...both));

// ---- Before the programs --------------------------------------------------

// Programs read rung.yaml when they start; the web server starts new ones.
function restartPrograms(dir) {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (path.dirname(readlinkSync(`/proc/${pid}/exe`)) === path.join(dir, 'cgi-bin'))
        process.kill(Number(pid), 'SIGTERM');
    } catch {
      // It ended while we looked.
    }
  }
}

function statusOf(where, method = 'GET') {
  return new Promise((resolve) => {
    const request = http.request(new URL(where, upstream), { method, agent },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode));
      });
    request.on('error', () => resolve(599));
    request.end();
  });
}

async function untilUp() {
  const asked = ['/readyz', '/v1/tiers', '/v1/users/u/entitlements', '/v1/watch/users/u',
    '/sandbox/nothing'];
  const end = Date.now() + 20000;
  while (Date.now() < end) {
    const answers = await Promise.all([...asked.map((where) => statusOf(where)),
      statusOf('/v1/webhooks/stripe', 'POST')]);
    if (answers.every((status) => status < 500)) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error('the programs did not come back');
}

async function takeAddress(address) {
  const file = path.join(process.env.RUNG_DIR, 'etc/rung.yaml');
  const old = readFileSync(file, 'utf8');
  const moved = old.replace(/^base_url:.*$/m, `base_url: ${address}`)
    .replace(/^allowed_origins: \[/m, `allowed_origins: [${address}, `);
  writeFileSync(file, moved);
  restartPrograms(process.env.RUNG_DIR);
  await untilUp();
}

function report() {
  for (const { method, url, status, why } of faults.slice(0, 50))
    console.log(`${method} ${url}: ${status}: ${why.join('; ')}`);
  const answers = [...seen.values()].reduce((sum, count) => sum + count, 0);
  const named = new Set([...seen.keys()].map((what) => what.split(' ')[0]));
  const missed = operations.map(({ operation }) => operation.operationId)
    .filter((id) => !named.has(id));
  if (missed.length > 0) console.log(`never asked: ${missed.join(', ')}`);
  console.log(`${answers} answers of ${named.size} operations, ${faults.length} undeclared, ` +
    `${missed.length} never asked`);
  process.exit(faults.length === 0 && missed.length === 0 ? 0 : 1);
}

proxy.listen(0, '127.0.0.1', async () => {
  const address = `http://127.0.0.1:${proxy.address().port}`;
  await takeAddress(address);
  process.on('SIGTERM', report);
  console.log(`ready ${address}`);
});
