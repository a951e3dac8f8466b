-- Gives out a fence that is higher than any before, even after a wipe: it follows the clock of Redis.
-- KEYS: checkpoint, names of indexes as earlier versions kept them, names of indexes. Answers position and fence.
if redis.call('EXISTS', KEYS[2]) == 1 then
  for _, name in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    redis.call('ZADD', KEYS[3], 0, name)
  end
  redis.call('UNLINK', KEYS[2])
end
local now = redis.call('TIME')
local stands = redis.call('HMGET', KEYS[1], 'position', 'fence')
local clock = tonumber(now[1]) * 1000000 + tonumber(now[2])
local fence = string.format('%.0f', math.max(tonumber(stands[2] or '0') + 1, clock))
local position = stands[1] or '0'
redis.call('HSET', KEYS[1], 'position', position, 'fence', fence)
return {position, fence}
