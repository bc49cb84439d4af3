// openapi.yaml as the judge of an answer: its status, its type, its body and,
// of the headers that the document has, no others.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export const spec = parse(readFileSync(path.join(top, 'openapi.yaml'), 'utf8'));

export function follow(node) {
  if (!node?.$ref) return node;
  return node.$ref.slice(2).split('/').reduce((at, name) =>
    at[name.replaceAll('~1', '/').replaceAll('~0', '~')], spec);
}

// [{method, path, operation}] of the whole document.
export const operations = Object.entries(spec.paths).flatMap(([where, item]) =>
  ['get', 'post', 'patch', 'delete'].filter((method) => item[method]).map((method) =>
    ({ method: method.toUpperCase(), path: where, operation: item[method] })));

// Here a member that is not in the document is a failure; clients ignore it.
function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, closed(v)]));
  if (copy.type === 'object' && copy.properties && copy.additionalProperties === undefined)
    copy.additionalProperties = false;
  return copy;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'urn:rung:openapi', components: { schemas: closed(spec.components.schemas) } },
  undefined, undefined, false);

const compiled = new Map();

function compile(schema) {
  const text = JSON.stringify(closed(schema))
    .replaceAll('"$ref":"#', '"$ref":"urn:rung:openapi#');
  if (!compiled.has(text)) compiled.set(text, ajv.compile(JSON.parse(text)));
  return compiled.get(text);
}

// Why the value is not of this schema; nothing when it is.
export function misfits(schema, value) {
  const validate = compile(schema);
  if (validate(value)) return [];
  return validate.errors.map(({ instancePath, message, params }) =>
    `${instancePath} ${message} ${JSON.stringify(params)}`);
}

const general = ['request-id', 'cache-control', 'x-content-type-options',
  'content-security-policy', 'referrer-policy', 'vary'];
const watched = ['etag', 'retry-after', 'preference-applied', 'location', 'idempotent-replayed'];

function headerFaults(response, headers) {
  const faults = general.filter((name) => !headers[name]).map((name) => `no ${name}`);
  const promised = new Map(Object.entries(response.headers ?? {})
    .map(([name, header]) => [name.toLowerCase(), follow(header)]));
  for (const name of watched.filter((n) => headers[n] !== undefined)) {
    if (!promised.has(name)) faults.push(`${name} is not documented`);
    else faults.push(...misfits(promised.get(name).schema, headers[name])
      .map((fault) => `${name}: ${fault}`));
  }
  return faults;
}

// {status, headers, text, json} against an operation; `json` may be left out.
// `bodiless` is for an answer to HEAD.
export function violations(operation, { status, headers, text, json }, bodiless = false) {
  const response = follow(operation.responses[status]
    ?? operation.responses[`${Math.floor(status / 100)}XX`] ?? operation.responses.default);
  if (!response) return [`${status} is not documented`];
  if (response.content?.['*/*']) return []; // another's API, played by the sandbox
  const faults = headerFaults(response, headers);
  const type = headers['content-type']?.split(';')[0];
  if (!response.content) return text === '' ? faults : [...faults, 'there is a body'];
  const content = response.content[type];
  if (!content) return [...faults, `${type} is not documented`];
  if (bodiless || type === 'text/event-stream') return faults;
  const value = type.endsWith('json') ? json ?? JSON.parse(text) : text;
  faults.push(...misfits(content.schema, value));
  const shown = Object.keys(content.examples ?? {});
  if (type === 'application/problem+json' && !shown.includes(value.code))
    faults.push(`${value.code} is not shown under ${status}`);
  return faults;
}
