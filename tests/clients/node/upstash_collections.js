'use strict';
// What @upstash/redis does with hashes, lists, sets, sorted sets, streams, and by scanning them.

const assert = require('node:assert/strict');

async function hashes(connect) {
  const redis = connect();
  assert.equal(await redis.hset('h', { name: 'ann', age: 33, tags: ['a', { b: 1 }] }), 3);
  assert.deepEqual(await redis.hgetall('h'), { name: 'ann', age: 33, tags: ['a', { b: 1 }] });
  assert.equal(await redis.hget('h', 'name'), 'ann');
  assert.equal(await redis.hget('h', 'none'), null);
  assert.equal(await redis.hgetall('none'), null);
  assert.deepEqual(await redis.hmget('h', 'name', 'none'), { name: 'ann', none: null });
  assert.equal(await redis.hincrby('h', 'age', 2), 35);
  assert.equal(await redis.hincrbyfloat('h', 'age', 0.5), 35.5);
  assert.equal(await redis.hsetnx('h', 'name', 'bob'), 0);
  assert.equal(await redis.hexists('h', 'name'), 1);
  assert.equal(await redis.hlen('h'), 3);
  assert.equal(await redis.hstrlen('h', 'name'), 3);
  assert.deepEqual((await redis.hkeys('h')).sort(), ['age', 'name', 'tags']);
  assert.deepEqual(await redis.hvals('h'), ['ann', 35.5, ['a', { b: 1 }]]);
  assert.equal(await redis.hdel('h', 'name', 'none'), 1);
}

async function lists(connect) {
  const redis = connect();
  assert.equal(await redis.rpush('l', 'a', 'b', { c: 1 }), 3);
  assert.equal(await redis.lpush('l', 0), 4);
  assert.deepEqual(await redis.lrange('l', 0, -1), [0, 'a', 'b', { c: 1 }]);
  assert.equal(await redis.llen('l'), 4);
  assert.equal(await redis.lindex('l', 1), 'a');
  assert.equal(await redis.lpos('l', 'b'), 2);
  assert.equal(await redis.lset('l', 1, 'A'), 'OK');
  assert.equal(await redis.linsert('l', 'before', 'A', 'x'), 5);
  assert.equal(await redis.lrem('l', 1, 'x'), 1);
  assert.equal(await redis.ltrim('l', 0, 2), 'OK');
  assert.equal(await redis.lmove('l', 'm', 'left', 'right'), 0);
  assert.equal(await redis.lpop('l'), 'A');
  assert.deepEqual(await redis.lpop('l', 5), ['b']);
  assert.equal(await redis.rpop('l'), null);
  assert.equal(await redis.lpushx('l', 1), 0);
}

async function sets(connect) {
  const redis = connect();
  assert.equal(await redis.sadd('s', 'a', 'b', 'c', 1), 4);
  assert.equal(await redis.sadd('t', 'b', 'c', 'd'), 3);
  assert.deepEqual((await redis.smembers('s')).map(String).sort(), ['1', 'a', 'b', 'c']);
  assert.equal(await redis.sismember('s', 'a'), 1);
  assert.deepEqual(await redis.smismember('s', ['a', 'none']), [1, 0]);
  assert.equal(await redis.scard('s'), 4);
  assert.deepEqual((await redis.sinter('s', 't')).sort(), ['b', 'c']);
  assert.deepEqual((await redis.sdiff('t', 's')).sort(), ['d']);
  assert.equal(await redis.sunionstore('u', 's', 't'), 5);
  assert.equal(await redis.smove('s', 't', 'a'), 1);
  assert.equal(await redis.srem('s', 'b', 'none'), 1);
  assert.ok(['c', 1].includes(await redis.srandmember('s')));
  assert.ok(['c', 1].includes(await redis.spop('s')));
}

async function sortedSets(connect) {
  const redis = connect();
  const members = [{ score: 1, member: 'one' }, { score: 2.5, member: 'two' },
    { score: 10, member: 'ten' }];
  assert.equal(await redis.zadd('z', ...members), 3);
  assert.equal(await redis.zadd('z', { nx: true }, { score: 9, member: 'one' }), 0);
  assert.equal(await redis.zadd('z', { ch: true }, { score: 2, member: 'one' }), 1);
  assert.equal(await redis.zscore('z', 'two'), 2.5);
  assert.equal(await redis.zscore('z', 'none'), null);
  assert.deepEqual(await redis.zmscore('z', ['one', 'none']), [2, null]);
  assert.deepEqual(await redis.zrange('z', 0, -1), ['one', 'two', 'ten']);
  assert.deepEqual(await redis.zrange('z', 0, 1, { withScores: true }), ['one', 2, 'two', 2.5]);
  assert.deepEqual(await redis.zrange('z', 2.5, '+inf', { byScore: true }), ['two', 'ten']);
  assert.deepEqual(await redis.zrange('z', 0, 0, { rev: true }), ['ten']);
  assert.equal(await redis.zincrby('z', 0.25, 'two'), 2.75);
  assert.equal(await redis.zrank('z', 'ten'), 2);
  assert.equal(await redis.zrevrank('z', 'ten'), 0);
  assert.equal(await redis.zcount('z', 2, 3), 2);
  assert.equal(await redis.zcard('z'), 3);
  assert.deepEqual(await redis.zpopmin('z'), ['one', 2]);
  assert.deepEqual(await redis.zpopmax('z', 1), ['ten', 10]);
  assert.equal(await redis.zrem('z', 'two'), 1);
}

async function everyPage(page) {
  const found = [];
  let cursor = '0';
  do {
    const [next, items] = await page(cursor);
    assert.equal(typeof next, 'string');
    found.push(...items);
    cursor = next;
  } while (cursor !== '0');
  return found;
}

async function scanning(connect) {
  const redis = connect();
  const names = Array.from({ length: 300 }, (_, i) => `user:${i}`).sort();
  await redis.mset(Object.fromEntries(names.map((name) => [name, 1])));
  await redis.set('other', 1);
  const keys = await everyPage((at) => redis.scan(at, { match: 'user:*', count: 50 }));
  assert.deepEqual(keys.sort(), names);
  assert.deepEqual(await everyPage((at) => redis.scan(at, { type: 'list' })), []);

  await redis.hset('h', Object.fromEntries(names.map((name) => [name, 'v'])));
  const fields = await everyPage((at) => redis.hscan('h', at, { match: 'user:1*', count: 40 }));
  assert.equal(fields.length, 2 * names.filter((name) => name.startsWith('user:1')).length);
  await redis.sadd('s', ...names);
  assert.deepEqual([...new Set(await everyPage((at) => redis.sscan('s', at, { count: 40 })))].sort(),
    names);
  await redis.zadd('z', { score: 1.5, member: 'a' }, { score: 2, member: 'b' });
  assert.deepEqual(await everyPage((at) => redis.zscan('z', at)), ['a', 1.5, 'b', 2]);
}

async function streamsAndPlaces(connect) {
  const redis = connect();
  assert.equal(await redis.xadd('x', '1-1', { name: 'ann', n: 1 }), '1-1');
  assert.equal(await redis.xadd('x', '1-2', { name: 'bob' }), '1-2');
  assert.equal(await redis.xlen('x'), 2);
  assert.deepEqual(await redis.xrange('x', '-', '+'),
    { '1-1': { name: 'ann', n: 1 }, '1-2': { name: 'bob' } });
  assert.equal(await redis.xdel('x', '1-1'), 1);
  assert.equal(await redis.geoadd('g', { longitude: 13.36, latitude: 38.11, member: 'a' },
    { longitude: 15.08, latitude: 37.5, member: 'b' }), 2);
  const far = await redis.geodist('g', 'a', 'b', 'KM');
  assert.ok(far > 160 && far < 170);
  assert.equal(await redis.pfadd('p', 'a', 'b'), 1);
  assert.equal(await redis.pfcount('p'), 2);
  assert.equal(await redis.publish('channel', { any: 'thing' }), 0);
}

module.exports = [hashes, lists, sets, sortedSets, scanning, streamsAndPlaces];
