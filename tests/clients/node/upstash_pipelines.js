'use strict';
// Several commands of @upstash/redis in one request, and scripts.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { UpstashError } = require('@upstash/redis').errors;

async function pipelines(connect) {
  const redis = connect();
  const results = await redis.pipeline().set('k', { a: 1 }).get('k').incr('n').incr('n')
    .hset('h', { f: 'v' }).hgetall('h').get('none').del('k').exec();
  assert.deepEqual(results, ['OK', { a: 1 }, 1, 2, 1, { f: 'v' }, null, 1]);

  const many = redis.pipeline();
  for (let i = 0; i < 1000; i += 1) many.set(`k${i % 10}`, i).get(`k${i % 10}`);
  const answers = await many.exec();
  assert.equal(answers.length, 2000);
  answers.forEach((answer, i) => assert.equal(answer, i % 2 === 0 ? 'OK' : (i - 1) / 2));
}

async function anErrorInAPipeline(connect) {
  const redis = connect();
  const pipeline = () => redis.pipeline().set('k', 'text').incr('k').get('k');
  await assert.rejects(pipeline().exec(), (error) => {
    assert.ok(error instanceof UpstashError);
    assert.match(error.message, /^Command 2 \[ incr \] failed: ERR value is not an integer/);
    return true;
  });
  const kept = await pipeline().exec({ keepErrors: true });
  assert.deepEqual([kept[0].result, kept[2].result], ['OK', 'text']);
  assert.match(kept[1].error, /^ERR value is not an integer/);
}

async function transactions(connect) {
  const redis = connect();
  assert.deepEqual(
    await redis.multi().set('k', 1).incr('k').get('k').lrange('none', 0, -1).exec(),
    ['OK', 2, 2, []],
  );
  const failing = await redis.multi().set('k', 'text').incr('k').set('k', 'last')
    .exec({ keepErrors: true });
  assert.match(failing[1].error, /^ERR value is not an integer/);
  assert.equal(await redis.get('k'), 'last');

  // One at a time, each increments what nobody else may have seen in between.
  const rounds = Array.from({ length: 20 }, () => redis.multi().incr('a').incr('b').exec());
  for (const [a, b] of await Promise.all(rounds)) assert.equal(a, b);
  await assert.rejects(
    redis.multi().set('k', 'discarded').eval('return redis.nope(', [], []).get('k').exec(),
    UpstashError,
  );
}

async function scripts(connect) {
  const redis = connect();
  const text = 'redis.call("SET", KEYS[1], ARGV[1]) return {KEYS[1], tonumber(ARGV[2]), false}';
  assert.deepEqual(await redis.eval(text, ['k'], ['v', 7]), ['k', 7, null]);
  assert.equal(await redis.get('k'), 'v');
  const sha = await redis.scriptLoad(text);
  assert.equal(sha, crypto.createHash('sha1').update(text).digest('hex'));
  assert.deepEqual(await redis.scriptExists(sha, '0'.repeat(40)), [1, 0]);
  assert.deepEqual(await redis.evalsha(sha, ['k'], ['w', 8]), ['k', 8, null]);
  assert.equal(await redis.get('k'), 'w');
  await assert.rejects(redis.evalsha('0'.repeat(40), [], []), /NOSCRIPT/);
  assert.deepEqual(await redis.createScript(text).exec(['k'], ['x', 9]), ['k', 9, null]);
  assert.equal(await redis.eval('return redis.status_reply("FINE")', [], []), 'FINE');
  assert.deepEqual(await redis.eval('return {{"OK", {1}}, redis.status_reply("OK")}', [], []),
    [['OK', [1]], 'OK']);
  assert.equal(await redis.scriptFlush(), 'OK');
}

async function autoPipelining(connect) {
  const redis = connect({ enableAutoPipelining: true });
  await Promise.all(Array.from({ length: 100 }, (_, i) => redis.set(`k${i}`, i)));
  const before = redis.pipelineCounter;
  const values = await Promise.all(Array.from({ length: 100 }, (_, i) => redis.get(`k${i}`)));
  assert.deepEqual(values, Array.from({ length: 100 }, (_, i) => i));
  assert.equal(redis.pipelineCounter, before + 1);
  const [first, , last] = await Promise.allSettled([
    redis.set('list', 'text'), redis.lpush('list', 1), redis.hset('h', { a: 1 }),
  ]);
  assert.equal(first.value, 'OK');
  assert.equal(last.value, 1);
}

async function waitingForNobody(connect) {
  const redis = connect();
  const waiting = redis.exec(['BLPOP', 'q', 10]);
  await redis.rpush('q', 'job');
  assert.deepEqual(await waiting, ['q', 'job']);
  assert.equal(await redis.exec(['BLPOP', 'q', 0.01]), null);
}

async function readingOwnWrites(connect) {
  const [writer, reader] = [connect(), connect()];
  for (let i = 0; i < 100; i += 1) {
    await writer.set('k', i);
    assert.equal(await reader.get('k'), i);
  }
  await Promise.all(Array.from({ length: 200 }, () => reader.incr('shared')));
  assert.equal(await writer.get('shared'), 200);
}

module.exports = [
  pipelines, anErrorInAPipeline, transactions, scripts, autoPipelining, waitingForNobody,
  readingOwnWrites,
];
