-- Sends records in turn; with "check", compares each answer with what the model answers.
--
-- wrk ... -s load.lua URL -- REQUESTS.lua send|check
--
-- To check, wrk must have as many threads as connections: then a thread has one request under way
-- at a time, and an answer belongs to the record that its thread sent last.

local threads = {}
local TOLERANCE = 1e-9
local NUMBER = "([-+]?%d[%d.eE+-]*)"

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  data = dofile(args[1])
  checked, wrong, example = 0, 0, ""
  prepared = {}
  for i, body in ipairs(data.bodies) do
    prepared[i] = wrk.format(data.method, data.path, data.headers, body ~= "" and body or nil)
  end
  last = (number * 37) % #prepared
  if args[2] == "check" then
    response = check
  end
end

function request()
  last = last % #prepared + 1
  return prepared[last]
end

local function named(text, expected)
  local found, right = 0, true
  for name, value in text:gmatch('"(.-)"%s*:%s*' .. NUMBER) do
    found = found + 1
    local position = data.positions[name]
    local want = position and expected[position]
    if not want or math.abs(tonumber(value) - want) > TOLERANCE then right = false end
  end
  return right and found == #expected
end

local function listed(text, expected)
  local found, right = 0, true
  for value in text:gmatch("[%[,]%s*" .. NUMBER) do
    found = found + 1
    local want = expected[found]
    if not want or math.abs(tonumber(value) - want) > TOLERANCE then right = false end
  end
  return right and found == #expected
end

function check(status, headers, body)
  local text = body:match(data.pattern)
  local compare = data.shape == "named" and named or listed
  checked = checked + 1
  if status ~= 200 or not text or not compare(text, data.expected[last]) then
    wrong = wrong + 1
    if example == "" then example = status .. " to record " .. last .. ": " .. body:sub(1, 200) end
  end
end

function done(summary, latency, requests)
  local all_checked, all_wrong, one = 0, 0, ""
  for _, thread in ipairs(threads) do
    all_checked = all_checked + thread:get("checked")
    all_wrong = all_wrong + thread:get("wrong")
    if one == "" then one = thread:get("example") end
  end
  local errors = summary.errors
  io.write(string.format(
    "RESULT requests=%d microseconds=%d p50=%.1f p99=%.1f longest=%.1f status=%d connect=%d " ..
      "read=%d write=%d timeout=%d checked=%d wrong=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    latency.max, errors.status, errors.connect, errors.read, errors.write, errors.timeout,
    all_checked, all_wrong))
  if one ~= "" then io.write("EXAMPLE " .. one:gsub("\n", " ") .. "\n") end
end
