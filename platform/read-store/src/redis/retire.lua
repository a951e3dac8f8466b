-- Takes a generation off the record and marks it, so that a drop that is interrupted will be finished.
-- Never does so with the live one. KEYS: model. ARGV: generation.
if redis.call('HGET', KEYS[1], 'live') == ARGV[1] then
  return {'live'}
end
redis.call('HDEL', KEYS[1], 'fold:' .. ARGV[1])
redis.call('HSET', KEYS[1], 'drop:' .. ARGV[1], '1')
return {'done'}
