-- Sends readers to another generation and tells so in the change feed of lane 0.
-- KEYS: model, change stream, feed, sizes. ARGV: generation, entry, limits of the feed.
if redis.call('HEXISTS', KEYS[1], 'fold:' .. ARGV[1]) == 0 then
  return {'unknown'}
end
redis.call('HSET', KEYS[1], 'live', ARGV[1])
append(KEYS[2], KEYS[3], KEYS[4], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
return {'done'}
