-- The same decision as governor's: each key holds the time at which the next call would be expected (TAT), in microseconds.
-- KEYS: one a limit. ARGV: the time now, or 0 for the server's own clock; then two a limit: the step, the calls.
-- Answers two numbers a limit that was asked: the calls that are left, and the time to wait, or -1 when the call is let in.
local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local said = {}
for place, key in ipairs(KEYS) do
  local step = tonumber(ARGV[place * 2])
  local calls = tonumber(ARGV[place * 2 + 1])
  local tolerance = step * (calls - 1)
  local expected = tonumber(redis.call('GET', key)) or now
  if now < expected - tolerance then
    said[#said + 1] = 0
    said[#said + 1] = expected - tolerance - now
    return said
  end
  local following = math.max(expected, now) + step
  redis.call('SET', key, string.format('%.0f', following), 'PX', math.ceil((following - now) / 1000))
  said[#said + 1] = math.min(calls, math.floor((now + tolerance + step - following) / step))
  said[#said + 1] = -1
end
return said
