'use strict';
// What @upstash/redis does with single values: strings and what it makes of them, numbers, expiry,
// errors.

const assert = require('node:assert/strict');
const { UpstashError } = require('@upstash/redis').errors;

async function settingWithOptions(connect) {
  const redis = connect();
  assert.equal(await redis.get('k'), null);
  assert.equal(await redis.set('k', 'one'), 'OK');
  assert.equal(await redis.get('k'), 'one');
  assert.equal(await redis.set('k', 'two', { nx: true }), null);
  assert.equal(await redis.set('none', 'x', { xx: true }), null);
  assert.equal(await redis.set('k', 'three', { xx: true, get: true }), 'one');
  assert.equal(await redis.set('fresh', 'x', { nx: true, ex: 100 }), 'OK');
  assert.ok((await redis.ttl('fresh')) > 90);
  assert.equal(await redis.set('fresh', 'y', { keepTtl: true }), 'OK');
  assert.ok((await redis.ttl('fresh')) > 90);
  assert.equal(await redis.set('fresh', 'z', { px: 50_000 }), 'OK');
  assert.ok((await redis.pttl('fresh')) <= 50_000);
  assert.equal(await redis.set('fresh', 'z', { exat: 4_000_000_000 }), 'OK');
  assert.equal(await redis.getset('k', 'four'), 'three');
  assert.equal(await redis.getdel('k'), 'four');
  assert.equal(await redis.getex('fresh', { persist: true }), 'z');
  assert.equal(await redis.ttl('fresh'), -1);
  assert.equal(await redis.setex('short', 100, 'v'), 'OK');
  assert.equal(await redis.psetex('short', 100_000, 'v'), 'OK');
  assert.equal(await redis.setnx('short', 'w'), 0);
}

async function severalAtOnce(connect) {
  const redis = connect();
  assert.equal(await redis.mset({ a: 1, b: 'two', c: { three: 3 } }), 'OK');
  assert.deepEqual(await redis.mget('a', 'b', 'none', 'c'), [1, 'two', null, { three: 3 }]);
  assert.deepEqual(await redis.mget(['a', 'none']), [1, null]);
  assert.equal(await redis.msetnx({ a: 5, d: 6 }), 0);
  assert.equal(await redis.exists('a', 'b', 'none'), 2);
  assert.equal(await redis.touch('a', 'none'), 1);
  assert.equal(await redis.del('a', 'b', 'none'), 2);
  assert.equal(await redis.unlink('c'), 1);
  assert.equal(await redis.dbsize(), 0);
}

async function numbers(connect) {
  const redis = connect();
  assert.equal(await redis.incr('n'), 1);
  assert.equal(await redis.incrby('n', 41), 42);
  assert.equal(await redis.decr('n'), 41);
  assert.equal(await redis.decrby('n', 40), 1);
  assert.equal(await redis.incrbyfloat('f', 1.5), 1.5);
  assert.equal(await redis.incrbyfloat('f', 1e-3), 1.501);
  assert.equal(await redis.set('n', 12.5), 'OK');
  assert.equal(await redis.get('n'), 12.5);
  // What a double cannot hold comes as a text, with all its digits.
  assert.equal(await redis.set('n', '9007199254740992'), 'OK');
  assert.equal(await redis.incr('n'), '9007199254740993');
  assert.equal(await redis.get('n'), '9007199254740993');
}

async function objectsRoundTrip(connect) {
  const redis = connect();
  for (const value of [
    { a: 1, b: [true, null, 'x', { deep: [[1], {}] }] }, ['a', 1, null], true, false, 0, -1.25,
    '', 'plain', '{not json', 'ä€😀', 'line\r\nend\0zero', '"quoted"x', 'OK', 'null x',
  ]) {
    assert.equal(await redis.set('k', value), 'OK');
    assert.deepEqual(await redis.get('k'), value);
  }
  const raw = connect({ automaticDeserialization: false });
  await raw.set('k', '{"a":1}');
  assert.equal(await raw.get('k'), '{"a":1}');
}

async function withoutBase64(connect) {
  const redis = connect({ responseEncoding: false });
  assert.equal(await redis.set('k', 'ä€😀\n"'), 'OK');
  assert.equal(await redis.get('k'), 'ä€😀\n"');
  await redis.rpush('l', 'a', 'b');
  assert.deepEqual(await redis.lrange('l', 0, -1), ['a', 'b']);
  assert.deepEqual(await redis.pipeline().get('k').llen('l').exec(), ['ä€😀\n"', 2]);
}

async function largeValues(connect) {
  const redis = connect();
  for (const size of [4096, 65_536, 5_000_000]) {
    const value = 'äb"\n'.repeat(size / 4);
    assert.equal(await redis.set('large', value), 'OK');
    assert.equal(await redis.strlen('large'), (size / 4) * 5);
    assert.equal(await redis.get('large'), value);
  }
}

async function partsOfStrings(connect) {
  const redis = connect();
  assert.equal(await redis.append('k', 'hello'), 5);
  assert.equal(await redis.append('k', ' world'), 11);
  assert.equal(await redis.getrange('k', 0, 4), 'hello');
  assert.equal(await redis.setrange('k', 6, 'there'), 11);
  assert.equal(await redis.get('k'), 'hello there');
  assert.equal(await redis.setbit('bits', 7, 1), 0);
  assert.equal(await redis.getbit('bits', 7), 1);
  assert.equal(await redis.bitcount('bits', 0, -1), 1);
}

async function expiryAndKeys(connect) {
  const redis = connect();
  await redis.mset({ a: 1, 'user:1': 1, 'user:2': 2 });
  assert.equal(await redis.ttl('a'), -1);
  assert.equal(await redis.expire('a', 100), 1);
  assert.ok((await redis.ttl('a')) > 90);
  assert.equal(await redis.pexpire('a', 50_000), 1);
  assert.equal(await redis.persist('a'), 1);
  assert.equal(await redis.expireat('a', 1), 1);
  assert.equal(await redis.exists('a'), 0);
  assert.equal(await redis.ttl('a'), -2);
  assert.equal(await redis.type('user:1'), 'string');
  assert.equal(await redis.type('a'), 'none');
  assert.equal(await redis.rename('user:1', 'person'), 'OK');
  assert.deepEqual((await redis.keys('*')).sort(), ['person', 'user:2']);
  assert.equal(await redis.ping(), 'PONG');
  assert.equal(await redis.echo('hello'), 'hello');
}

async function errorsAreThrown(connect) {
  const redis = connect();
  await redis.lpush('list', 1);
  await assert.rejects(redis.incr('list'), (error) => {
    assert.ok(error instanceof UpstashError);
    assert.match(error.message, /^WRONGTYPE .*, command was: \["incr","list"\]$/);
    return true;
  });
  await assert.rejects(redis.set('k', undefined), /null is no word of a command/);
  await assert.rejects(redis.exec(['NOSUCH', 'a']), /ERR unknown command 'NOSUCH'/);
  await assert.rejects(redis.exec(['CONFIG', 'SET', 'hz', 20]), /NOPERM /);
  await assert.rejects(redis.exec(['MONITOR']), /needs a connection that lasts/);
  assert.equal(await redis.exec(['SET', 'k', 1]), 'OK');
}

async function theTokenIsNeeded(connect) {
  await assert.rejects(connect({ token: 'wrong' }).get('k'));
  assert.equal(await connect().get('k'), null);
}

module.exports = [
  settingWithOptions, severalAtOnce, numbers, objectsRoundTrip, withoutBase64, largeValues,
  partsOfStrings, expiryAndKeys, errorsAreThrown, theTokenIsNeeded,
];
