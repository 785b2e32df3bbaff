'use strict';
// Values, pipelines, transactions, scripts and scans with ioredis.

const { attempt, each, pause, report, show } = require('./transcript');

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

async function values(connect) {
  const r = connect();
  await each(r, `
    set s one
    get s
    get s
    get none
    get none
    set s two NX
    set s two XX GET
    append s -more
    get s
    strlen s
    getrange s 0 2
    mset a 1 b 2 c 3
    mget a none b c a
    incrby a 41
    get a
    incrbyfloat a 0.5
    getdel a
    get a
    hset h f v g w
    hgetall h
    hmget h f none
    hgetall none
    hincrby h n 3
    rpush l a b c
    lrange l 0 -1
    lmove l m LEFT RIGHT
    lpop l 5
    sadd x one
    smembers x
    sismember x two
    zadd z 1 a 2.5 b inf c
    zrange z 0 -1 WITHSCORES
    zscore z b
    zpopmax z
    xadd st 1-1 f v
    xadd st 2-1 f w
    xrange st - +
    xread COUNT 1 STREAMS st 0
    setex e 1000 v
    ttl e
    expireat e 9999999999
    pttl none
    type h
    exists a b c
    object encoding b
    del b c none
    get b
    setbit bits 7 1
    getBuffer bits
    pfadd pf a b
    pfcount pf
    geoadd g 13.361389 38.115556 P
    geopos g P none
    copy s t
    rename s u
    get s
    get u
    time x`);
}

async function bytes(connect) {
  const r = connect();
  const key = Buffer.from('\0\r\n\xff$', 'latin1');
  await show(r, 'set', key, EVERY_BYTE);
  await show(r, 'getBuffer', key);
  await show(r, 'getBuffer', key);
  await show(r, 'get', 'grüße');
  await show(r, 'set', 'grüße', '世界');
  await show(r, 'get', 'grüße');
  await show(r, 'get', 'grüße');
  const big = Buffer.alloc(1024 * 1024, '0123456789abcdef');
  await show(r, 'set', 'big', big);
  for (const what of ['first', 'second']) {
    report(`the big value, ${what} time`, big.equals(await r.getBuffer('big')));
  }
  await show(r, 'append', 'big', '!');
  await show(r, 'get', 'big');
  await show(r, 'set', 'short', 'v', 'PX', 30);
  await pause(50);
  await show(r, 'get', 'short');
}

async function errors(connect) {
  const r = connect();
  await each(r, `
    set string v
    get string
    lpush string x
    rpush list x
    get list
    mget string list
    incr string
    set string v NONSENSE
    expire string soon
    eval nonsense 0
    call NOSUCH a b
    call GET
    call GET a b
    call OBJECT NOSUCH
    select 16
    select 99999999999999999999
    get string`);
}

async function pipelines(connect) {
  const r = connect();
  await r.mset('a', '1', 'b', '2');
  await show(r, 'get', 'a');
  report('mixed', await r.pipeline().get('a').set('a', '5').get('a').incr('a').get('a').get('b')
    .del('b').get('b').lpush('a', 'x').mget('a', 'b').get('a').exec());
  const long = r.pipeline();
  for (let i = 0; i < 2000; i++) long.set(`p${i % 40}`, i).get(`p${i % 40}`);
  const answers = await long.exec();
  report('its own writes, always', answers.every(([error, answer], i) => error === null &&
    answer === (i % 2 ? String((i - 1) / 2) : 'OK')));
  const eager = connect({ enableAutoPipelining: true });
  report('gathered by itself', await Promise.all(
    ['a', 'p1', 'none', 'p2'].map((key) => eager.get(key)),
  ));
  const prefixed = connect({ keyPrefix: 'of me:' });
  await each(prefixed, `
    set k v
    mget k none
    get k`);
  await show(r, 'get', 'of me:k');
  report('many at once', (await Promise.all(
    Array.from({ length: 500 }, (_, i) => (i % 5 ? r.get('a') : r.incr('n'))),
  )).slice(-6));
}

async function transactions(connect) {
  const [r, other] = [connect(), connect()];
  await r.set('a', 1);
  await show(r, 'get', 'a');
  report('in one go', await r.multi().incr('a').get('a').mget('a', 'b').set('b', 'x').exec());
  await each(r, `
    get a
    get b`);
  report('fails inside', await r.multi().set('s', 't').incr('s').get('s').exec());
  report('refused', await attempt(() => r.multi().set('s', 'u').call('NOSUCH').exec()));
  await show(r, 'get', 's');
  report('step by step', [
    await r.multi({ pipeline: false }), await r.set('c', '1'), await r.get('c'), await r.exec()]);
  await show(r, 'watch', 'a');
  await show(other, 'set', 'a', 'changed');
  report('watched and changed', await r.multi().set('a', 'mine').exec());
  await show(r, 'watch', 'a');
  report('watched and quiet', await r.multi().set('a', 'mine').get('a').exec());
  await show(other, 'get', 'a');
  report('discarded', [
    await r.multi({ pipeline: false }), await r.set('a', 'no'), await r.discard(),
    await r.get('a')]);
}

async function scripts(connect) {
  const r = connect({
    scripts: { grow: { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])" } },
  });
  await r.set('n', 1);
  await show(r, 'get', 'n');
  await show(r, 'grow', 'n', 4);
  await show(r, 'grow', 'n', 5);
  await show(r, 'get', 'n');
  report('scripts in a pipeline', await r.pipeline().grow('n', 1).get('n').grow('n', 1).exec());
  await show(r, 'script', 'flush');
  await show(r, 'grow', 'n', 1);
  await show(r, 'evalsha', 'f'.repeat(40), 0);
  await show(r, 'eval', 'return {1, "two", false, {3}}', 0);
  await show(r, 'eval', "return redis.error_reply('MINE is this')", 0);
  await show(r, 'eval', "return {KEYS[1], ARGV[1], redis.call('GET', KEYS[1])}", 1, 'n', 'arg');
  const digest = await show(r, 'script', 'load', "return redis.call('SET', KEYS[1], ARGV[1])");
  await show(r, 'script', 'exists', digest, '0'.repeat(40));
  await show(r, 'evalsha', digest, 1, 'n', 'by digest');
  await show(r, 'get', 'n');
}

async function everything(stream) {
  const found = new Set();
  for await (const batch of stream) batch.forEach((item) => found.add(item));
  return found;
}

async function scans(connect) {
  const r = connect();
  await r.mset(...Array.from({ length: 500 }, (_, i) => [`k${i}`, i]).flat());
  await r.sadd('s', ...Array.from({ length: 300 }, (_, i) => `m${i}`));
  report('keys', (await everything(r.scanStream({ count: 50 }))).size);
  report('by pattern', await everything(r.scanStream({ match: 'k12*' })));
  report('by type', await everything(r.scanStream({ type: 'set' })));
  report('members', (await everything(r.sscanStream('s'))).size);
  await each(r, `
    dbsize
    scan nonsense
    flushdb
    dbsize`);
}

async function databases(connect) {
  const [zero, one] = [connect(), connect({ db: 1 })];
  await zero.set('k', 'in 0');
  await show(one, 'get', 'k');
  await show(one, 'set', 'k', 'in 1');
  for (const r of [zero, one, zero]) await show(r, 'get', 'k');
  await each(zero, `
    select 1
    get k
    mget k none
    select 0
    get k`);
  report('through each in one pipeline', await zero.pipeline().get('k').select(1).get('k')
    .set('k', 'new').get('k').select(2).get('k').select(0).get('k').exec());
  await show(one, 'get', 'k');
}

module.exports = [
  values, bytes, errors, pipelines, transactions, scripts, scans, databases];
