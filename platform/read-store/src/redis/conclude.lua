-- The last command of a step that is written as a transaction: the entry of the change feed, then the checkpoints.
-- Never moves a checkpoint when the entry could not be written.
-- KEYS: change stream, feed, sizes, one checkpoint per model.
-- ARGV: entry of the feed, its limits in entries and bytes; per model: next position, fence.
append(KEYS[1], KEYS[2], KEYS[3], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
for model = 4, #KEYS do
  local first = 4 + (model - 4) * 2
  redis.call('HSET', KEYS[model], 'position', ARGV[first], 'fence', ARGV[first + 1])
end
return 'done'
