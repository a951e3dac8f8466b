-- Replaces a note, if it still says what was expected.
-- KEYS: notes. ARGV: name, whether one is expected and what it says, whether there is a new one and what it says.
local stands = redis.call('HGET', KEYS[1], ARGV[1])
local expected = ARGV[2] == '1' and ARGV[3]
if stands ~= expected then
  return {'other'}
end
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return {'done'}
