'use strict';
// Channels, blocking pops, tracking, names and connections with node-redis.

const { BasicClientSideCache } = require('redis');
const { Told, attempt, eventually, report, show } = require('./transcript');

async function channels(connect) {
  const [r, listener, told] = [await connect(), await connect(), new Told()];
  const hear = (message, channel) => told.add(channel, message);
  const subscribe = async (method, ...channel) => {
    report(`${method} ${channel}`, await attempt(() => listener[method](...channel, hear)));
  };
  await show(r, 'publish', 'news', 'nobody');
  await subscribe('subscribe', 'news');
  await subscribe('subscribe', ['sports', 'weather']);
  await subscribe('pSubscribe', 'n*');
  await show(r, 'publish', 'news', 'first');
  await show(r, 'publish', 'sports', 'goal');
  await show(r, 'publish', 'nothing', 'by pattern');
  await show(r, 'publish', 'other', 'unheard');
  report('told', await told.first(4));
  report('channels', new Set(await r.pubSubChannels()));
  await show(r, 'pubSubNumSub', ['news', 'other']);
  await show(r, 'pubSubNumPat');
  await show(listener, 'ping');
  // In RESP3 every command may be used beside a subscription, in RESP2 only a few.
  await show(listener, 'get', 'k');
  await show(listener, 'unsubscribe', 'news');
  await show(listener, 'pUnsubscribe', 'n*');
  await show(r, 'publish', 'news', 'unheard');
  await show(listener, 'unsubscribe', ['sports', 'weather']);
  await show(listener, 'get', 'k');
  const bytes = await connect();
  report('in bytes', await attempt(() => bytes.subscribe('bytes', hear, true)));
  await show(r, 'publish', 'bytes', Buffer.from([0, 255, 13, 10]));
  report('told', await told.first(1));
  await subscribe('sSubscribe', 'part');
  await show(r, 'sPublish', 'part', 'to a shard');
  report('told', await told.first(1));
  await show(listener, 'sUnsubscribe', 'part');
}

// Writes, reads and messages of one connection, which only RESP3 allows.
async function besides(connect) {
  if (connect.dialect !== 3) return;
  const [r, told] = [await connect(), new Told()];
  await r.subscribe('own', (message, channel) => told.add(channel, message));
  report('beside a subscription', await Promise.all([
    r.set('k', 'v'), r.get('k'), r.publish('own', 'to myself'), r.get('k'), r.incr('n'),
    r.hGetAll('none')]));
  report('told', await told.first(1));
  report('a transaction beside it', await r.multi().set('k', 'w').get('k').exec());
  await show(r, 'blPop', 'none', 0.05);
  await show(r, 'unsubscribe', 'own');
  await show(r, 'get', 'k');
}

async function isBlocked(r) {
  return /^blocked_clients:1\r?$/m.test(await r.info('clients'));
}

async function blocking(connect) {
  const [r, patient] = [await connect(), await connect()];
  await show(patient, 'blPop', 'none', 0.05);
  await show(patient, 'xRead', { key: 'none', id: '$' }, { BLOCK: 20 });
  await show(r, 'rPush', 'ready', 'a');
  await show(patient, 'brPop', ['none', 'ready'], 1);
  for (const [end, ...wait] of [
    [['rPush', 'queue', 'x'], 'blPop', 'queue', 10],
    [['lPush', 'from', 'y'], 'blMove', 'from', 'to', 'LEFT', 'LEFT', 10],
    [['zAdd', 'scores', { score: 1.5, value: 'm' }], 'bzPopMax', 'scores', 10],
    [['rPush', 'several', ['1', '2']], 'blmPop', 10, ['none', 'several'], 'RIGHT'],
    [['xAdd', 'st', '1-1', { f: 'v' }], 'xRead', { key: 'st', id: '$' }, { BLOCK: 10000 }]]) {
    const [method, ...words] = wait;
    const waited = attempt(() => patient[method](...words));
    const behind = Promise.all([patient.set('behind', method), patient.get('behind')]);
    report('it waits', await eventually(() => isBlocked(r)));
    await show(r, 'get', 'behind');
    await show(r, ...end);
    report(`${method} of ${JSON.stringify(words)}`, await waited);
    report('behind it', await behind);
  }
}

// Client-side caching: Redis's pushes must come through, or old values would be read.
async function tracking(connect) {
  if (connect.dialect !== 3) return;
  const [cache, writer] = [new BasicClientSideCache(), await connect()];
  const r = await connect({ clientSideCache: cache });
  await writer.set('k', 'one');
  for (let i = 0; i < 3; i++) await show(r, 'get', 'k');
  report('from memory', cache.stats().hitCount);
  for (const value of ['two', 'three', 'four']) {
    await writer.set('k', value);
    report(`it is told of ${value}`, await eventually(async () => (await r.get('k')) === value));
  }
  await writer.flushAll();
  report('it is told of the end', await eventually(async () => (await r.get('k')) === null));
  await show(r, 'set', 'own', 'write');
  await show(r, 'get', 'own');
}

async function monitor(connect) {
  const [r, watching, told] = [await connect(), await connect(), new Told()];
  // Only writes: what a cache answers the server never sees, and a cache asks on its own account.
  await watching.monitor((line) => {
    const [, database, words] = String(line).match(/\[(\d+) \S+\] (.*)$/);
    if (/^"(SET|INCR|HSET)"/.test(words)) told.add(database, words);
  });
  await r.set('k', 'v "quoted"\r\n');
  await r.incr('n');
  await r.select(2);
  await r.hSet('h', 'f', 'v');
  report('MONITOR', await told.first(3));
  await show(watching, 'reset');
  await show(watching, 'get', 'k');
}

async function connections(connect) {
  const r = await connect({ name: 'from-the-start', database: 2 });
  for (const [method, ...words] of [
    ['ping'], ['ping', 'hello'], ['echo', 'x'], ['clientGetName'], ['clientSetName', 'renamed'],
    ['clientGetName'], ['clientSetName', 'a b'], ['configGet', 'appendonly'], ['role'],
    ['auth', { password: 'wrong' }], ['auth', { username: 'nobody', password: 'wrong' }],
    ['aclWhoAmI'], ['clientGetRedir'], ['clientNoEvict', true], ['commandCount', 'x'],
    ['commandGetKeys', ['MSET', 'a', '1', 'b', '2']], ['wait', 0, 10],
    ['sendCommand', ['CLIENT', 'NOSUCH']], ['sendCommand', ['CLIENT', 'TRACKINGINFO']],
    ['sendCommand', ['HELLO', '4']]]) {
    await show(r, method, ...words);
  }
  const hello = await r.hello();
  report('HELLO', ['server', 'proto', 'mode', 'role', 'modules'].map((name) => hello[name]));
  const info = await r.clientInfo();
  report('CLIENT INFO', ['name', 'db', 'flags', 'multi', 'cmd', 'user', 'resp'].map(
    (name) => [name, info[name]]));
  report('names', (await r.clientList()).map(({ name, db }) => [name, db]));
  const changed = await connect();
  report('HELLO 3', (await changed.hello(3, { SETNAME: 'by-hello' })).proto);
  await show(changed, 'clientGetName');
  const killer = await connect();
  report('killed', await killer.clientKill({ filter: 'ID', id: await r.clientId() }));
  report('it comes back', await eventually(async () => (await attempt(() => r.ping())) === 'PONG'));
  await show(r, 'clientGetName');
  await show(r, 'set', 'k', 'in 2');
  await show(killer, 'get', 'k');
  await show(r, 'sendCommand', ['QUIT']);
}

module.exports = [channels, besides, blocking, tracking, monitor, connections];
