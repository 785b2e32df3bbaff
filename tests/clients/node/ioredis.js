'use strict';
// Ordinary use of ioredis, as a transcript: ioredis.js HOST PORT

const Redis = require('ioredis');
const { limit, section } = require('./transcript');
const values = require('./ioredis_values');
const waiting = require('./ioredis_waiting');

const [host, port] = [process.argv[2], Number(process.argv[3])];
const opened = [];

function connect(options = {}) {
  const client = new Redis({
    host, port, maxRetriesPerRequest: 2, retryStrategy: () => 20, ...options,
  });
  client.on('error', () => {});
  opened.push(client);
  return client;
}

async function main() {
  limit(40);
  for (const use of [...values, ...waiting]) {
    await connect().flushall();
    await section(use, connect);
    opened.splice(0).forEach((client) => client.disconnect());
  }
}

main();
