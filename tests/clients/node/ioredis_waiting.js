'use strict';
// Channels, blocking pops, MONITOR, names and connections with ioredis.

const { Told, attempt, each, eventually, report, show } = require('./transcript');

async function channels(connect) {
  const [r, listener, told] = [connect(), connect(), new Told()];
  listener.on('message', (channel, message) => told.add(channel, message));
  listener.on('pmessage', (pattern, channel, message) => told.add(pattern, channel, message));
  await show(r, 'publish', 'news', 'nobody');
  await show(listener, 'subscribe', 'news', 'sports');
  await show(listener, 'psubscribe', 'n*');
  await show(r, 'publish', 'news', 'first');
  await show(r, 'publish', 'sports', 'goal');
  await show(r, 'publish', 'nothing', 'by pattern');
  await show(r, 'publish', 'other', 'unheard');
  report('told', await told.first(4));
  await show(r, 'pubsub', 'NUMSUB', 'news', 'other');
  await show(r, 'pubsub', 'NUMPAT');
  await show(listener, 'ping');
  await show(listener, 'get', 'k');
  await show(listener, 'unsubscribe', 'news');
  await show(listener, 'punsubscribe', 'n*');
  await show(r, 'publish', 'news', 'unheard');
  await show(listener, 'unsubscribe');
  await show(listener, 'get', 'k');
  const bytes = connect();
  bytes.on('messageBuffer', (channel, message) => told.add(channel, message));
  await show(bytes, 'subscribe', 'bytes');
  await show(r, 'publish', 'bytes', Buffer.from([0, 255, 13, 10]));
  report('told', await told.first(1));
  const sharded = connect();
  sharded.on('smessage', (channel, message) => told.add(channel, message));
  await show(sharded, 'ssubscribe', 'part');
  await show(r, 'spublish', 'part', 'to a shard');
  report('told', await told.first(1));
  await show(sharded, 'sunsubscribe', 'part');
}

async function isBlocked(r) {
  return /^blocked_clients:1\r?$/m.test(await r.info('clients'));
}

async function blocking(connect) {
  const [r, patient] = [connect(), connect()];
  await show(patient, 'blpop', 'none', 0.05);
  await show(patient, 'bzpopmin', 'none', 0.05);
  await show(patient, 'xread', 'BLOCK', 20, 'STREAMS', 'none', '$');
  await show(r, 'rpush', 'ready', 'a');
  await show(patient, 'brpop', 'none', 'ready', 1);
  for (const [end, ...wait] of [
    [['rpush', 'queue', 'x'], 'blpop', 'queue', 10],
    [['lpush', 'from', 'y'], 'blmove', 'from', 'to', 'LEFT', 'LEFT', 10],
    [['zadd', 'scores', 1, 'm'], 'bzpopmax', 'scores', 10],
    [['xadd', 'st', '1-1', 'f', 'v'], 'xread', 'BLOCK', 10000, 'STREAMS', 'st', '$']]) {
    const [method, ...words] = wait;
    const waited = attempt(() => patient[method](...words));
    // Sent behind it on the same connection: answered when the waiting is over.
    const behind = Promise.all([patient.set('behind', method), patient.get('behind')]);
    report('it waits', await eventually(() => isBlocked(r)));
    await show(r, 'get', 'behind');
    await show(r, ...end);
    report(wait.join(' '), await waited);
    report('behind it', await behind);
  }
}

async function monitor(connect) {
  const [r, watching, told] = [connect(), await connect().monitor(), new Told()];
  // Only writes: what a cache answers the server never sees, and a cache asks on its own account.
  watching.on('monitor', (time, words, source, database) => {
    if (/^(set|incr|hset)$/i.test(words[0])) told.add(database, ...words);
  });
  await each(r, `
    set k v
    incr n
    select 2
    hset h f v`);
  report('MONITOR', await told.first(3));
  watching.disconnect();
}

async function connections(connect) {
  const r = connect({ connectionName: 'from-the-start' });
  await each(r, `
    ping
    echo hello
    client GETNAME
    client SETNAME renamed
    client GETNAME
    client SETNAME
    client NO-EVICT on
    client NOSUCH
    config GET appendonly
    command COUNT x
    role
    auth wrong
    auth nobody wrong
    acl WHOAMI
    hello 2 AUTH
    wait 0 10`);
  const [a, b] = [await r.client('ID'), await connect().client('ID')];
  report('ids', a < b);
  report('ready', r.status);
  const named = connect({ connectionName: 'again', db: 3 });
  await show(named, 'set', 'k', 'in 3');
  report('killed', await r.client('KILL', 'ID', String(await named.client('ID'))));
  await eventually(async () => named.status !== 'ready', 1);
  await show(named, 'get', 'k');
  await show(named, 'client', 'GETNAME');
  await show(r, 'quit');
  report('after it', r.status === 'end' || (await eventually(() => r.status === 'end')));
}

module.exports = [channels, blocking, monitor, connections];
