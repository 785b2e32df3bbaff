'use strict';
// Ordinary use of @upstash/redis over HTTP: upstash.js HOST PORT TOKEN
// There is nothing to compare it with, so what its user gets is asserted. Prints a line for each
// use that went well; the first surprise in one ends that one, and the exit status is not 0.

const { Redis } = require('@upstash/redis');
const { limit } = require('./transcript');
const collections = require('./upstash_collections');
const pipelines = require('./upstash_pipelines');
const values = require('./upstash_values');

const [url, token] = [`http://${process.argv[2]}:${process.argv[3]}`, process.argv[4]];

function connect(options = {}) {
  // Each call is a request of its own, unless a use asks for something else.
  const plain = { enableTelemetry: false, enableAutoPipelining: false, retry: false };
  return new Redis({ url, token, ...plain, ...options });
}

async function main() {
  limit(60);
  for (const use of [...values, ...collections, ...pipelines]) {
    await connect().flushall();
    try {
      await use(connect);
      console.log(`${use.name}: as expected`);
    } catch (surprise) {
      process.exitCode = 1;
      console.log(`${use.name}: ${surprise.stack}`);
    }
  }
}

main();
