// The routes of openapi.yaml as those see them who should not come in: what a
// route wants to be shown, whom and what it names, and a request for it.
import { follow, operations } from './contract.mjs';

const ours = ['serverKey', 'checkKey', 'clientToken', 'sessionToken'];
const own = { checkoutLink: 'link', streamTicket: 'ticket', stripeSignature: 'signature' };

// What it wants: one of our keys and tokens ('key'), one if you have it
// ('optional'), a 'link', 'ticket' or 'signature', or nothing ('nothing').
function wants({ security, operationId }) {
  const names = security.flatMap((one) => Object.keys(one));
  if (names.length === 0) return 'nothing';
  if (names.length === 1 && own[names[0]]) return own[names[0]];
  if (!names.every((name) => ours.includes(name)))
    throw new Error(`${operationId}: nobody here knows ${names}`);
  return security.some((one) => Object.keys(one).length === 0) ? 'optional' : 'key';
}

// Whom or what it is about: a session or a user in the path, or a user in the
// body as we, OpenFeature or AuthZEN name him.
function names(where, body) {
  if (/\/upgrades\/\{id\}/.test(where)) return 'session';
  if (/\/users\/\{id\}/.test(where)) return 'user';
  return ['user', 'context', 'subject'].some((member) => member in body) ? 'user' : undefined;
}

function membersOf(operation) {
  const content = follow(operation.requestBody)?.content?.['application/json'];
  return follow(content?.schema)?.properties ?? {};
}

// [{title, method, where, operation, wants, names, places}]
export const routes = operations.map(({ method, path: where, operation }) => ({
  title: `${method} ${where}`, method, where, operation, wants: wants(operation),
  names: names(where, membersOf(operation)),
  places: [...where.matchAll(/\{(\w+)\}/g)].map(([, place]) => place),
}));

// A client token comes in with one of these scopes, and no other.
export const scopesOf = ({ operation }) =>
  operation.security.flatMap(({ clientToken = [] }) => clientToken);

export const takes = ({ operation }, name) => operation.security.some((one) => name in one);

// What is not there, and as long as what is.
export const absent = {
  session: `us_${'0'.repeat(32)}`, override: `ov_${'0'.repeat(32)}`, asset: `as_${'0'.repeat(32)}`,
  hold: `hd_${'0'.repeat(32)}`, capability: 'export:csv', key: 'export:csv', seller: '1', provider: 'stripe',
  customer: 'cus_none', rest: 'v1/none',
};

// The path and the body of a request about this user, session, asset ...
export function request({ method, where, operation }, about = {}) {
  const all = { user: 'u1', ...absent, ...about };
  const id = /\/upgrades\/\{id\}/.test(where) ? all.session : all.user;
  const path = where.replace(/\{(\w+)\}/g, (_, place) => (place === 'rest' ? all.rest
    : encodeURIComponent(place === 'id' ? id : all[place])));
  const back = 'https://shop.example/back';
  const known = {
    user: all.user,
    target_tier: 'pro',
    checkout: { provider: 'stripe', success_url: back, cancel_url: back },
    scopes: ['read'],
    capabilities: ['export:csv'],
    context: { targetingKey: all.user },
    subject: { type: 'user', id: all.user },
    action: { name: 'use' },
    resource: { type: 'capability', id: 'export:csv' },
  };
  const members = membersOf(operation);
  if (!('user' in members || 'context' in members)) return { method, path, body: method === 'POST' ? {} : undefined };
  return { method, path, body: Object.fromEntries(Object.entries(known).filter(([name]) => name in members)) };
}
