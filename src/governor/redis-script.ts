/** The scripts that Redis runs as one step. Redis is the clock and the counter of all replicas. */
import { learntForMs } from './bucket.js';

/**
 * KEYS: grants, state, replicas. Redis may hold anything at these keys: of another type or version, or written by
 * another program. Content that no replica can have written counts as missing, so that no request waits for it: a pause
 * longer than a window, a limit that cannot be learnt, permits of the future, or more of them than there can be. A
 * longer pause is entered again and again by the replica that was asked for it.
 */
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local configured, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local longestLesson, leeway = ${learntForMs}, 1000
local fields = { 'epoch', 'heldUntil', 'limit', 'learntAt', 'learntUntil' }
local function keepIf(key, kind, most)
  local found = redis.call('TYPE', key)['ok']
  if found == 'none' then return end
  local isGood = found == kind
  if isGood and kind == 'zset' then isGood = redis.call('ZCARD', key) <= most end
  if isGood and kind == 'hash' then isGood = redis.call('HLEN', key) <= most end
  for _, field in ipairs(kind == 'hash' and fields or {}) do
    isGood = isGood and redis.call('HSTRLEN', key, field) <= 100
  end
  if not isGood then redis.call('UNLINK', key) end
end
keepIf(KEYS[1], 'zset', 4 * configured + 1000)
keepIf(KEYS[2], 'hash', 10)
keepIf(KEYS[3], 'zset', 1000)
local function within(text, least, most)
  local value = tonumber(text or '')
  if value and value >= least and value <= most then return value end
end
local state = redis.call('HMGET', KEYS[2], unpack(fields))
local held = (within(state[2], now, now + window + leeway) or now) - now
local learntAt = within(state[4], 0, now + leeway) or 0
local limit = configured
if within(state[5], now, now + longestLesson + leeway) then
  limit = math.floor(within(state[3], math.max(1, math.ceil(configured / 10)), configured) or configured)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (now + leeway), '+inf')
local used = redis.call('ZCARD', KEYS[1])
`;

/**
 * KEYS: grants, state, replicas. ARGV: limit, window, wanted, replica, number of its last grant, an epoch for an empty
 * store, milliseconds of a pause that this replica was asked for, then age and number of each grant to be entered.
 * Returns epoch, granted, milliseconds to wait, milliseconds that all is held, limit, used, replicas.
 */
export const acquireScript = `${clock}
local wanted, replica, number = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
if not state[1] then
  redis.call('HSET', KEYS[2], 'epoch', ARGV[6])
  state[1] = ARGV[6]
end
local told = math.min(tonumber(ARGV[7]), window)
if told > held + 100 then
  redis.call('HSET', KEYS[2], 'heldUntil', now + told)
  held = told
end
for at = 8, #ARGV, 2 do
  used = used + redis.call('ZADD', KEYS[1], 'NX', now - tonumber(ARGV[at]), replica .. ':' .. ARGV[at + 1])
end
redis.call('ZADD', KEYS[3], now, replica)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 10000)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '(' .. (now + leeway), '+inf')
local granted, wait = 0, held
if held == 0 and wanted > 0 then
  local left = limit - used
  local oldest, newest = now, now - window
  if used > 0 then
    oldest = math.min(now, tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]))
    newest = math.min(now, tonumber(redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]))
  end
  local leaves = window - (now - oldest)
  local function spacing(rest) return math.max(window / limit, leaves / (rest + 1)) end
  wait = leaves
  if left > 0 then
    local free = math.max(1, math.floor(limit * 0.5)) - used
    local due = free > 0 and free or math.floor((now - newest) / spacing(left))
    granted = math.max(0, math.min(wanted, left, due))
    if granted < left then
      wait = spacing(left - granted)
      if granted == 0 then wait = wait - (now - newest) end
    end
    for one = 1, granted do
      redis.call('ZADD', KEYS[1], now, replica .. ':' .. (number + one))
    end
  end
end
redis.call('PEXPIRE', KEYS[1], math.ceil(window))
redis.call('PEXPIRE', KEYS[2], 86400000)
redis.call('PEXPIRE', KEYS[3], 10000)
return {state[1], granted, math.ceil(wait), math.ceil(held), limit, used + granted, redis.call('ZCARD', KEYS[3])}
`;

/**
 * KEYS as above. ARGV: limit, window, milliseconds, whether a request was one too many (1), milliseconds for which that
 * is remembered. Usage before the last lesson proves nothing new. Returns 1 where nothing was held before, and the
 * limit where it was learnt, else 0.
 */
export const holdScript = `${clock}
local learnt = 0
if held == 0 and ARGV[4] == '1' and now - learntAt >= window then
  learnt = math.floor(math.max(limit / 2, 0.9 * math.min(limit, used)))
  learnt = math.max(1, math.ceil(configured / 10), learnt)
  redis.call('HSET', KEYS[2], 'limit', learnt, 'learntAt', now, 'learntUntil', now + tonumber(ARGV[5]))
end
local wait = math.min(tonumber(ARGV[3]), window)
if wait > held then redis.call('HSET', KEYS[2], 'heldUntil', now + wait) end
redis.call('PEXPIRE', KEYS[2], 86400000)
return {held == 0 and 1 or 0, learnt}
`;
