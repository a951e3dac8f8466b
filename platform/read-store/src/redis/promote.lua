-- Sends readers to another generation and tells so in the change feed of lane 0.
-- Never sends them to one that has taken in less than the live one, unless told to.
-- KEYS: model, change stream, feed, sizes, checkpoint of the generation, checkpoint of the live one.
-- ARGV: generation, entry, limits of the feed, the live generation, whether it may be behind.
if redis.call('HEXISTS', KEYS[1], 'fold:' .. ARGV[1]) == 0 then
  return {'unknown'}
end
local live = redis.call('HGET', KEYS[1], 'live')
if live and live ~= ARGV[5] then
  return {'moved'}
end
if live and live ~= ARGV[1] then
  local position = redis.call('HGET', KEYS[5], 'position') or '0'
  local ahead = redis.call('HGET', KEYS[6], 'position') or '0'
  if ARGV[6] ~= '1' and tonumber(position) < tonumber(ahead) then
    return {'behind', position, ahead}
  end
  redis.call('HSET', KEYS[1], 'previous', live)
end
local newest = redis.call('HGET', KEYS[1], 'newest') or live or '0'
if tonumber(newest) < tonumber(ARGV[1]) then
  newest = ARGV[1]
end
redis.call('HSET', KEYS[1], 'live', ARGV[1], 'newest', newest)
append(KEYS[2], KEYS[3], KEYS[4], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
return {'done'}
