"""The spend script: `golive.access.spending.spend` in Lua, for Redis to run as one step.

KEYS[1] is a hash: `tokens` and `at` of the bucket, and `<period>.used`, `.begin` and `.end` of
each quota. ARGV: how many are asked for; the time, or nothing for Redis' own; the rate's count
(0 where there is none) and seconds; the burst; then each quota's period and count. The answer: the
limit that refuses or nothing, the time, and the hash as it is now.

The months are those of `civil_from_days` (https://howardhinnant.github.io/date_algorithms.html).
Numbers are written with 17 digits, so that they are read as the same doubles.
"""

from __future__ import annotations

import hashlib

__all__ = ["SPEND", "SPEND_SHA1"]

SPEND = """
local DAY = 86400
local KEPT_AFTER = 60

local count = tonumber(ARGV[1])
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local rate, seconds, burst = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local before = {}
local flat = redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do before[flat[i]] = tonumber(flat[i + 1]) end

local function first_of_month(day)
  local shifted = day + 719468
  local of_era = shifted % 146097
  local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524)
    - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * of_year + 2) / 153)
  return day - (of_year - math.floor((153 * month + 2) / 5))
end

local function period_of(period)
  local day = math.floor(now / DAY)
  if period == 'day' then return day * DAY, (day + 1) * DAY end
  if period == 'week' then
    local monday = day - (day + 3) % 7
    return monday * DAY, (monday + 7) * DAY
  end
  local first = first_of_month(day)
  return first * DAY, first_of_month(first + 32) * DAY
end

local quotas = {}
for i = 6, #ARGV, 2 do
  local period = ARGV[i]
  local quota = {period = period, limit = tonumber(ARGV[i + 1])}
  quota.used = before[period .. '.used']
  quota.first, quota.last = before[period .. '.begin'], before[period .. '.end']
  if not (quota.used and quota.first <= now and now < quota.last) then
    local is_put_back = quota.used and now < quota.first
    quota.used = is_put_back and quota.used or 0
    quota.first, quota.last = period_of(period)
  end
  quotas[#quotas + 1] = quota
end

local tokens
if rate > 0 then
  tokens = before.tokens or burst
  local passed = math.max(0, now - (before.at or now))
  tokens = math.min(burst, tokens + passed * rate / seconds)
end

local refused = ''
for _, quota in ipairs(quotas) do
  if refused == '' and quota.used + count > quota.limit then refused = quota.period end
end
if refused == '' and tokens and math.min(count, burst) - tokens > 1e-9 then refused = 'rate' end
if refused == '' then
  if tokens then tokens = tokens - count end
  for _, quota in ipairs(quotas) do quota.used = quota.used + count end
end

local function text(number) return string.format('%.17g', number) end

local kept = {}
local lasts = 0
local function keep(name, number)
  kept[#kept + 1] = name
  kept[#kept + 1] = text(number)
end
if tokens then
  keep('tokens', tokens)
  keep('at', now)
  lasts = math.max(lasts, (burst - tokens) * seconds / rate)
end
for _, quota in ipairs(quotas) do
  keep(quota.period .. '.used', quota.used)
  keep(quota.period .. '.begin', quota.first)
  keep(quota.period .. '.end', quota.last)
  lasts = math.max(lasts, quota.last - now)
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(kept))
redis.call('EXPIRE', KEYS[1], text(math.ceil(lasts) + KEPT_AFTER))

local answer = {refused, text(now)}
for _, part in ipairs(kept) do answer[#answer + 1] = part end
return answer
"""

SPEND_SHA1 = hashlib.sha1(SPEND.encode(), usedforsecurity=False).hexdigest()
"""How Redis names it."""
