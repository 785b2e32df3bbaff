'use strict';
// Prints what is done with a Redis client, one line an operation: what was asked -> the answer. A
// line holds nothing that depends on the time, on addresses and ids, or on the order of a set.

const LONGEST = 120;

// Answered with a set, which some clients make an array of.
const UNORDERED = /^(s(Members|Inter|Union|Diff)|keys)$/i;

function text(bytes) {
  const shown = JSON.stringify(bytes.toString('latin1'));
  if (bytes.length <= LONGEST) return shown;
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `${JSON.stringify(bytes.toString('latin1', 0, 16))}... of ${bytes.length}, sum ${sum}`;
}

function fields(pairs) {
  const shown = [...pairs].map(([name, value]) => `${canonical(name)}: ${canonical(value)}`);
  return `{${shown.join(', ')}}`;
}

// The value as text that is the same in every run; types that a client tells apart stay apart.
function canonical(value) {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    return value.length > LONGEST ? text(Buffer.from(value)) : JSON.stringify(value);
  }
  if (Buffer.isBuffer(value)) return `bytes ${text(value)}`;
  if (value instanceof Error) return `${value.constructor.name}: ${value.message}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(', ')}]`;
  if (value instanceof Set) return `set [${[...value].map(canonical).sort().join(', ')}]`;
  if (value instanceof Map) return `map ${fields(value)}`;
  return fields(Object.entries(value));
}

function report(what, answer) {
  console.log(`${what} -> ${canonical(answer)}`);
}

// The answer, or the error that came instead.
async function attempt(call) {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

// Calls a method of the client, prints, and returns the answer.
async function show(client, method, ...words) {
  const answer = await attempt(() => client[method](...words));
  if (UNORDERED.test(method) && Array.isArray(answer)) answer.sort();
  report(`${method}(${words.map(canonical).join(', ')})`, answer);
  return answer;
}

// One call a line, its words parted by blanks.
async function each(client, lines) {
  for (const line of lines.trim().split('\n')) {
    const [method, ...words] = line.trim().split(' ');
    await show(client, method, ...words);
  }
}

// A part of the transcript; what stops it does not stop the others.
async function section(use, ...parts) {
  console.log(`# ${use.name}`);
  const end = await attempt(() => use(...parts));
  if (end instanceof Error) report('the rest of it', end);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// Waits for what another connection brings about; says whether it came.
async function eventually(fact, seconds = 10) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (await fact()) return true;
    await pause(5);
  }
  return false;
}

// What has been told so far, and a way to wait for more of it.
class Told {
  constructor() {
    this.lines = [];
  }

  add(...words) {
    this.lines.push(words);
  }

  // The first that were told, once there are so many.
  async first(count) {
    await eventually(() => this.lines.length >= count);
    return this.lines.splice(0, count);
  }
}

// One promise that is not answered must not keep the others' transcript from being compared.
function limit(seconds) {
  setTimeout(() => {
    console.log(`gave up after ${seconds} s`);
    process.exit(1);
  }, seconds * 1000).unref();
}

module.exports = {
  Told, attempt, canonical, each, eventually, limit, pause, report, section, show,
};
