-- Removes a generation from one lane: a handful of large keys, whose memory Redis frees in the background.
-- KEYS: set of index names, checkpoint, documents, states. ARGV: what the keys of the indexes begin with.
for _, index in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  redis.call('UNLINK', ARGV[1] .. index)
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
return {'done'}
