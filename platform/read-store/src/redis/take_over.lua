-- Gives out a fence that is higher than any before, even after a wipe: it follows the clock of Redis.
-- KEYS: checkpoint. Answers position and fence.
local now = redis.call('TIME')
local stands = redis.call('HMGET', KEYS[1], 'position', 'fence')
local clock = tonumber(now[1]) * 1000000 + tonumber(now[2])
local fence = string.format('%.0f', math.max(tonumber(stands[2] or '0') + 1, clock))
local position = stands[1] or '0'
redis.call('HSET', KEYS[1], 'position', position, 'fence', fence)
return {position, fence}
