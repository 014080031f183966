// On standard input { resource, profile } a line, the profile as in Validators.profile() or null; for each a line of findings on
// standard output: [{ by, text }].
import { createInterface } from 'node:readline';
import { Validators } from './validators.mjs';

const validators = new Validators();
for await (const line of createInterface({ input: process.stdin })) {
  const { resource, profile } = JSON.parse(line);
  process.stdout.write(JSON.stringify(validators.findings(resource, profile)) + '\n');
}
