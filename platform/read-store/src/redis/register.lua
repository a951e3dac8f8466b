-- Makes sure that the number of lanes and the fold version of a generation are on record.
-- Never replaces what is on record by something else.
-- KEYS: registry, model. ARGV: lanes, generation, fold version.
local lanes = redis.call('HGET', KEYS[1], 'lanes')
if lanes and lanes ~= ARGV[1] then
  return {'lanes', lanes}
end
if redis.call('HEXISTS', KEYS[2], 'drop:' .. ARGV[2]) == 1 then
  return {'dropping'}
end
local fold = redis.call('HGET', KEYS[2], 'fold:' .. ARGV[2])
if fold and fold ~= ARGV[3] then
  return {'fold', fold}
end
redis.call('HSET', KEYS[1], 'lanes', ARGV[1])
redis.call('HSET', KEYS[2], 'fold:' .. ARGV[2], ARGV[3])
return {'done'}
