// The router's own repository in memory, with what a server in use has besides: it validates, finds identifiers by an index, rolls a failed
// transaction back, and can be kept in a file between two starts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { validateResource } from '@medplum/core';
import { MemoryRepository } from '@medplum/fhir-router';

const identifiersOf = (resource) => [resource?.identifier ?? []].flat();
const keyOf = (type, identifier) => JSON.stringify([type, identifier.system ?? '', identifier.value]);

// "system|value" or "value", where \ stands before |, comma, $ and \ that mean themselves (R4 search, 3.1.1.4.0.1). No list: null.
function readToken(text) {
  const parts = [''];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') parts[parts.length - 1] += text[++i] ?? '';
    else if (text[i] === '|') parts.push('');
    else if (text[i] === ',') return null;
    else parts[parts.length - 1] += text[i];
  }
  if (parts.length > 2) return null;
  return parts.length === 2 ? { system: parts[0], value: parts[1] } : { value: parts[0] };
}

const carries = (resource, token) =>
  identifiersOf(resource).some((i) => i.value === token.value && (token.system === undefined || (i.system ?? '') === token.system));

const copyOf = (tables) => new Map([...tables].map(([type, rows]) => [type, new Map(rows)]));

export class Memory extends MemoryRepository {
  index = new Map(); // key of an identifier with and without its system: the ids that ever carried it

  async createResource(resource, options) {
    validateResource(resource);
    const made = await super.createResource(resource, options);
    this.addToIndex(made);
    return made;
  }

  addToIndex(resource) {
    for (const { system, value } of identifiersOf(resource)) {
      for (const key of [keyOf(resource.resourceType, { system, value }), JSON.stringify([resource.resourceType, value])]) {
        if (!this.index.has(key)) this.index.set(key, new Set());
        this.index.get(key).add(resource.id);
      }
    }
  }

  async search(request) {
    const [filter, ...others] = request.filters ?? [];
    const token = filter?.code === 'identifier' && filter.operator === 'eq' && !others.length ? readToken(filter.value) : null;
    return token ? this.page(request, this.withIdentifier(request.resourceType, token)) : super.search(request);
  }

  withIdentifier(type, token) {
    const key = token.system === undefined ? JSON.stringify([type, token.value]) : keyOf(type, token);
    const rows = [...(this.index.get(key) ?? [])].map((id) => this.resources.get(type)?.get(id));
    return rows.filter((row) => row && carries(row, token));
  }

  page({ offset = 0, count = 1000 }, rows) {
    const entry = rows.slice(offset, offset + count).map((resource) => ({ resource: structuredClone(resource) }));
    return { resourceType: 'Bundle', type: 'searchset', total: rows.length, entry: entry.length ? entry : undefined };
  }

  async withTransaction(callback) {
    const [resources, history] = [copyOf(this.resources), copyOf(this.history)];
    try {
      return await callback(undefined);
    } catch (error) {
      [this.resources, this.history] = [resources, history];
      throw error;
    }
  }

  keep(path) {
    writeFileSync(path, JSON.stringify([...this.resources].map(([type, rows]) => [type, [...rows]])));
  }

  bringBack(path) {
    if (!existsSync(path)) return;
    for (const [type, rows] of JSON.parse(readFileSync(path, 'utf8'))) {
      this.resources.set(type, new Map(rows));
      rows.forEach(([, resource]) => this.addToIndex(resource));
    }
  }
}
