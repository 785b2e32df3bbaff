'use strict';
// Ordinary use of node-redis, as a transcript: node_redis.js HOST PORT 2|3, the last the dialect.

const { createClient } = require('redis');
const { limit, section } = require('./transcript');
const values = require('./node_redis_values');
const waiting = require('./node_redis_waiting');

const [host, port, dialect] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const opened = [];

async function connect(options = {}) {
  const client = createClient({
    socket: { host, port, reconnectStrategy: () => 20 }, RESP: dialect,
    unstableResp3: dialect === 3, ...options,
  });
  client.on('error', () => {});
  opened.push(client);
  await client.connect();
  return client;
}

async function main() {
  limit(40);
  connect.dialect = dialect;
  for (const use of [...values, ...waiting]) {
    await (await connect()).flushAll();
    await section(use, connect);
    opened.splice(0).forEach((client) => client.destroy());
  }
}

main();
