/** The scripts that Redis runs atomically. Redis is the clock and the counter of all replicas. */

/**
 * KEYS: grants, state, replicas. Other programs, or replicas of another version, may have written to these keys.
 * Content that no replica can have written counts as missing, so that no request waits because of it: a wrong type, a
 * pause longer than a window, a limit that cannot be learnt, permits of the future, or too many permits. So wrong
 * content has an effect for one window at most. The replica that got a longer pause enters it again and again. A limit
 * that replicas have learnt comes with each of their calls.
 */
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local configured, window, told = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local leeway = 1000
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
local least = math.max(1, math.ceil(configured / 10))
told = math.floor(within(told, least, configured) or configured)
local limit = told
if within(state[5], now, now + window + leeway) then
  limit = math.min(limit, math.floor(within(state[3], least, configured) or configured))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (now + leeway), '+inf')
local used = redis.call('ZCARD', KEYS[1])
`;

/**
 * KEYS: grants, state, replicas. ARGV: limit, window, limit that replicas have learnt, number of wanted permits,
 * replica, number of the replica's last grant, an epoch for an empty store, milliseconds of a pause that the upstream
 * demanded of this replica, the replica's signed name, then age and number of each grant to be entered.
 * Returns epoch, granted, milliseconds to wait, milliseconds of the pause for all replicas, limit, used, and the names
 * of replicas if no permits are wanted. Long names are not returned.
 */
export const acquireScript = `${clock}
local wanted, replica, number = tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
if not state[1] then
  redis.call('HSET', KEYS[2], 'epoch', ARGV[7])
  state[1] = ARGV[7]
end
local pause = math.min(tonumber(ARGV[8]), window)
if pause > held + 100 then
  redis.call('HSET', KEYS[2], 'heldUntil', now + pause)
  held = pause
end
for at = 10, #ARGV, 2 do
  used = used + redis.call('ZADD', KEYS[1], 'NX', now - tonumber(ARGV[at]), replica .. ':' .. ARGV[at + 1])
end
redis.call('ZADD', KEYS[3], now, ARGV[9])
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
local names = {}
for _, name in ipairs(wanted == 0 and redis.call('ZRANGE', KEYS[3], 0, -1) or {}) do
  if #name <= 200 then names[#names + 1] = name end
end
return {state[1], granted, math.ceil(wait), math.ceil(held), limit, used + granted, names}
`;

/**
 * KEYS: grants, state, replicas. ARGV: limit, window, limit that replicas have learnt, milliseconds of the pause, 1 if
 * a request was refused because of the rate. Usage before the last learnt limit proves nothing new. A new limit is
 * computed from the limit that replicas have learnt, never from a number that another program may have written.
 * Returns 1 if there was no pause before, else 0, and the learnt limit or 0.
 */
export const holdScript = `${clock}
local learnt = 0
if held == 0 and ARGV[5] == '1' and now - learntAt >= window then
  learnt = math.max(least, math.floor(math.max(told / 2, 0.9 * math.min(told, used))))
  redis.call('HSET', KEYS[2], 'limit', learnt, 'learntAt', now, 'learntUntil', now + window)
end
local wait = math.min(tonumber(ARGV[4]), window)
if wait > held then redis.call('HSET', KEYS[2], 'heldUntil', now + wait) end
redis.call('PEXPIRE', KEYS[2], 86400000)
return {held == 0 and 1 or 0, learnt}
`;
