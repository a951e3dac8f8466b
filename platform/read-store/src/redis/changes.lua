-- Reads the state of a change feed and what follows a place, as of one moment.
-- KEYS: feed, change stream. ARGV: the place (stream id), how many. Answers epoch, newest, then id and entry by turns.
local known = redis.call('HMGET', KEYS[1], 'epoch', 'newest')
local answer = {known[1] or '0', known[2] or '0'}
for _, found in ipairs(redis.call('XRANGE', KEYS[2], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])) do
  answer[#answer + 1] = found[1]
  answer[#answer + 1] = found[2][2]
end
return answer
