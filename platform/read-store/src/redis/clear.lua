-- Removes a piece of a generation from one lane; Redis frees the memory of large keys in the background.
-- Never removes so much at once that readers would have to wait. Answers `more` until nothing is left.
-- KEYS: names of indexes, the same as earlier versions kept them, checkpoint, documents, states.
-- ARGV: what the keys of the indexes begin with, how many of them at once.
redis.call('UNLINK', KEYS[3])
local old = redis.call('SPOP', KEYS[2], ARGV[2])
for _, index in ipairs(old) do
  redis.call('UNLINK', ARGV[1] .. index)
end
local popped = redis.call('ZPOPMIN', KEYS[1], ARGV[2])
for place = 1, #popped, 2 do
  redis.call('UNLINK', ARGV[1] .. popped[place])
end
if #old > 0 or #popped > 0 then
  return {'more'}
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[4], KEYS[5])
return {'done'}
