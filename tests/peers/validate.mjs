// Resources on standard input, one a line; for each a line of findings on standard output: [{ by, text }].
//   node validate.mjs [PROFILE]
import { createInterface } from 'node:readline';
import { Validators } from './validators.mjs';

const validators = new Validators();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(validators.findings(JSON.parse(line), process.argv[2])) + '\n');
}
