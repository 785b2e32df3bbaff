'use strict';
// Values, pipelines, transactions, scripts and scans with node-redis.

const { defineScript, RESP_TYPES } = require('redis');
const { attempt, pause, report, show } = require('./transcript');

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

async function strings(connect) {
  const r = await connect();
  for (const [method, ...words] of [
    ['set', 's', 'one'], ['get', 's'], ['get', 's'], ['get', 'none'], ['get', 'none'],
    ['set', 's', 'two', { condition: 'NX' }], ['set', 's', 'two', { condition: 'XX', GET: true }],
    ['append', 's', '-more'], ['get', 's'], ['strLen', 's'], ['getRange', 's', 0, 2],
    ['mSet', { a: '1', b: '2' }], ['mGet', ['a', 'none', 'b', 'a']], ['incrBy', 'a', 41],
    ['get', 'a'], ['incrByFloat', 'a', 0.5], ['getDel', 'a'], ['get', 'a'],
    ['setEx', 'e', 1000, 'v'], ['ttl', 'e'], ['get', 'e'], ['expireAt', 'e', 9999999999],
    ['expireTime', 'e'], ['persist', 'e'], ['ttl', 'e'], ['pTTL', 'none'], ['type', 's'],
    ['type', 'none'], ['exists', ['s', 'none', 'b']], ['objectEncoding', 'b'], ['copy', 's', 't'],
    ['rename', 's', 'u'], ['get', 's'], ['get', 'u'], ['del', ['u', 'none']], ['get', 'u'],
    ['setBit', 'bits', 7, 1], ['bitCount', 'bits'], ['pfAdd', 'pf', ['a', 'b']],
    ['pfCount', 'pf'], ['lcs', 't', 'b'], ['lcsIdx', 't', 't']]) {
    await show(r, method, ...words);
  }
}

async function collections(connect) {
  const r = await connect();
  for (const [method, ...words] of [
    ['hSet', 'h', { f: 'v', g: 'w' }], ['hGetAll', 'h'], ['hGetAll', 'none'], ['hGet', 'h', 'f'],
    ['hmGet', 'h', ['f', 'none']], ['hIncrByFloat', 'h', 'n', 1.5], ['hKeys', 'h'],
    ['hExists', 'h', 'f'], ['hDel', 'h', ['f', 'g']], ['hRandFieldCountWithValues', 'h', 1],
    ['rPush', 'l', ['a', 'b', 'c']], ['lRange', 'l', 0, -1], ['lMove', 'l', 'm', 'LEFT', 'RIGHT'],
    ['lPos', 'l', 'c'], ['lPopCount', 'l', 5], ['lmPop', ['l', 'm'], 'LEFT'], ['lPop', 'l'],
    ['sAdd', 'x', ['one', 'two']], ['sMembers', 'x'], ['sIsMember', 'x', 'one'],
    ['smIsMember', 'x', ['one', 'three']], ['sInter', ['x', 'x']], ['sMembers', 'none'],
    ['zAdd', 'z', [{ score: 1, value: 'a' }, { score: 2.5, value: 'b' }]],
    ['zAdd', 'z', { score: Infinity, value: 'c' }], ['zRangeWithScores', 'z', 0, -1],
    ['zScore', 'z', 'b'], ['zScore', 'z', 'none'], ['zmScore', 'z', ['a', 'none', 'c']],
    ['zRank', 'z', 'b'], ['zIncrBy', 'z', 0.1, 'a'], ['zPopMax', 'z'], ['zPopMin', 'none'],
    ['zInterWithScores', ['z', 'z']], ['zUnion', ['z', 'none']],
    ['xAdd', 'st', '1-1', { f: 'v' }], ['xAdd', 'st', '2-1', { f: 'w', g: 'x' }],
    ['xRange', 'st', '-', '+'], ['xLen', 'st'], ['xRead', { key: 'st', id: '1' }],
    ['xRead', { key: 'st', id: '9' }], ['xGroupCreate', 'st', 'g', '0'],
    ['xReadGroup', 'g', 'me', { key: 'st', id: '>' }, { COUNT: 1 }], ['xPending', 'st', 'g'],
    ['xAck', 'st', 'g', '1-1'], ['xInfoGroups', 'st'], ['xInfoStream', 'st'],
    ['xAutoClaim', 'st', 'g', 'you', 0, '0'],
    ['geoAdd', 'geo', { longitude: 13.361389, latitude: 38.115556, member: 'P' }],
    ['geoPos', 'geo', ['P', 'none']], ['geoDist', 'geo', 'P', 'none'],
    ['sort', 'none'], ['memoryUsage', 'none']]) {
    await show(r, method, ...words);
  }
}

async function bytes(connect) {
  const r = (await connect()).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const key = Buffer.from('\0\r\n\xff$', 'latin1');
  await show(r, 'set', key, EVERY_BYTE);
  await show(r, 'get', key);
  await show(r, 'get', key);
  await show(r, 'mGet', [key, 'none', key]);
  const big = Buffer.alloc(1024 * 1024, '0123456789abcdef');
  await show(r, 'set', 'big', big);
  for (const what of ['first', 'second']) {
    report(`the big value, ${what} time`, big.equals(await r.get('big')));
  }
  await show(r, 'append', 'big', '!');
  await show(r, 'get', 'big');
  await show(r, 'set', 'short', 'v', { PX: 30 });
  await pause(50);
  await show(r, 'get', 'short');
}

// What RESP3 tells apart and RESP2 does not.
async function types(connect) {
  const r = await connect();
  await r.hSet('h', { f: 'v' });
  await r.sAdd('s', 'm');
  await r.zAdd('z', { score: 1.5, value: 'm' });
  for (const words of [
    ['HGETALL', 'h'], ['SMEMBERS', 's'], ['ZSCORE', 'z', 'm'], ['ZRANGE', 'z', '0', '-1',
      'WITHSCORES'], ['ZPOPMIN', 'z'], ['GET', 'none'], ['LPOP', 'none', '2'], ['MGET', 'none'],
    ['CONFIG', 'GET', 'appendonly'], ['EVAL', 'redis.setresp(3) return {double=3.5}', '0'],
    ['EVAL', 'redis.setresp(3) return {map={a=1}}', '0'],
    ['EVAL', 'redis.setresp(3) return {set={a=true}}', '0'],
    ['EVAL', 'redis.setresp(3) return {big_number="123456789012345678901234567890"}', '0'],
    ['EVAL', 'redis.setresp(3) return {verbatim_string={string="text", format="txt"}}', '0'],
    ['EVAL', 'redis.setresp(3) return true', '0'], ['EVAL', 'redis.setresp(3) return nil', '0'],
    ['COMMAND', 'INFO', 'GET'], ['COMMAND', 'DOCS', 'GET'], ['MEMORY', 'DOCTOR'],
    ['XINFO', 'STREAM', 'none'], ['OBJECT', 'ENCODING', 'none'], ['ACL', 'WHOAMI']]) {
    report(words.join(' '), await attempt(() => r.sendCommand(words)));
  }
}

async function errors(connect) {
  const r = await connect();
  await r.set('string', 'v');
  await show(r, 'get', 'string');
  await show(r, 'lPush', 'string', 'x');
  await show(r, 'rPush', 'list', 'x');
  await show(r, 'get', 'list');
  await show(r, 'mGet', ['string', 'list']);
  await show(r, 'incr', 'string');
  for (const words of [['NOSUCH', 'a'], ['GET'], ['GET', 'a', 'b'], ['OBJECT', 'NOSUCH'],
    ['SET', 's', 'v', 'NONSENSE'], ['SELECT', '16'], ['EVAL', 'nonsense', '0']]) {
    await show(r, 'sendCommand', words);
  }
  await show(r, 'get', 'string');
}

async function pipelines(connect) {
  const r = await connect();
  await r.mSet({ a: '1', b: '2' });
  await show(r, 'get', 'a');
  report('in one round', await Promise.allSettled([
    r.get('a'), r.set('a', '5'), r.get('a'), r.incr('a'), r.get('a'), r.get('b'), r.del('b'),
    r.get('b'), r.lPush('a', 'x'), r.mGet(['a', 'b']), r.get('a')]));
  const many = [];
  for (let i = 0; i < 2000; i++) many.push(r.set(`p${i % 40}`, `${i}`), r.get(`p${i % 40}`));
  report('its own writes, always', (await Promise.all(many)).every((answer, i) => answer ===
    (i % 2 ? String((i - 1) / 2) : 'OK')));
  report('a pipeline', await r.multi().get('a').set('a', 'x').get('a').execAsPipeline());
}

async function transactions(connect) {
  const [r, other] = [await connect(), await connect()];
  await r.set('a', '1');
  await show(r, 'get', 'a');
  report('in one go', await r.multi().incr('a').get('a').mGet(['a', 'b']).set('b', 'x')
    .hSet('h', { f: 'v' }).hGetAll('h').exec());
  await show(r, 'get', 'a');
  await show(r, 'get', 'b');
  const failed = await attempt(() => r.multi().set('s', 't').incr('s').get('s').exec());
  report('fails inside', failed);
  report('what it says', failed.replies);
  report('refused', await attempt(() => r.multi().addCommand(['NOSUCH']).exec()));
  await show(r, 'watch', 'a');
  await show(other, 'set', 'a', 'changed');
  report('watched and changed', await attempt(() => r.multi().set('a', 'mine').exec()));
  await show(r, 'watch', ['a', 'b']);
  report('watched and quiet', await r.multi().set('a', 'mine').get('a').exec());
  await show(r, 'watch', 'a');
  await other.set('a', 'again');
  await show(r, 'unwatch');
  report('unwatched', await r.multi().get('a').exec());
}

async function scripts(connect) {
  const r = await connect({
    scripts: {
      grow: defineScript({
        NUMBER_OF_KEYS: 1,
        SCRIPT: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
        parseCommand(parser, key, by) {
          parser.pushKey(key);
          parser.push(String(by));
        },
        transformReply: (reply) => reply,
      }),
    },
  });
  await r.set('n', '1');
  await show(r, 'get', 'n');
  await show(r, 'grow', 'n', 4);
  await show(r, 'grow', 'n', 5);
  await show(r, 'get', 'n');
  await show(r, 'scriptFlush');
  await show(r, 'grow', 'n', 1);
  await show(r, 'evalSha', 'f'.repeat(40));
  await show(r, 'eval', 'return {1, "two", false, {3}}');
  await show(r, 'eval', "return {KEYS[1], ARGV[1]}", { keys: ['k'], arguments: ['v'] });
  const digest = await show(r, 'scriptLoad', "return redis.call('SET', KEYS[1], ARGV[1])");
  await show(r, 'scriptExists', [digest, '0'.repeat(40)]);
  await show(r, 'evalSha', digest, { keys: ['n'], arguments: ['by digest'] });
  await show(r, 'get', 'n');
  await show(r, 'functionLoad',
    "#!lua name=l\nredis.register_function('f', function() return 7 end)");
  await show(r, 'fCall', 'f');
}

async function scans(connect) {
  const r = await connect();
  await r.mSet(Array.from({ length: 500 }, (_, i) => [`k${i}`, String(i)]));
  await r.hSet('h', Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`f${i}`, String(i)]),
  ));
  const keys = new Set();
  for await (const found of r.scanIterator({ COUNT: 50 })) found.forEach((key) => keys.add(key));
  report('keys', keys.size);
  const matching = new Set();
  for await (const found of r.scanIterator({ MATCH: 'k12*' })) {
    found.forEach((key) => matching.add(key));
  }
  report('by pattern', matching);
  const fields = new Set();
  for await (const found of r.hScanIterator('h')) found.forEach(({ field }) => fields.add(field));
  report('fields', fields.size);
  await show(r, 'dbSize');
  await show(r, 'flushDb');
  await show(r, 'dbSize');
}

async function databases(connect) {
  const [zero, one] = [await connect(), await connect({ database: 1 })];
  await zero.set('k', 'in 0');
  await show(one, 'get', 'k');
  await show(one, 'set', 'k', 'in 1');
  for (const r of [zero, one, zero]) await show(r, 'get', 'k');
  report('through each in one round', await Promise.all([
    zero.get('k'), zero.select(1), zero.get('k'), zero.set('k', 'new'), zero.get('k'),
    zero.select(2), zero.get('k'), zero.select(0), zero.get('k')]));
  await show(one, 'get', 'k');
}

module.exports = [strings, collections, bytes, types, errors, pipelines, transactions, scripts,
  scans, databases];
