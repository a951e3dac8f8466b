-- One step: compares the checkpoint and fence of every model, then writes all that the projector has prepared.
-- Never writes when one comparison fails, nor when a key holds something that is not ours: Redis rolls nothing back.
-- KEYS: change stream, feed, sizes, one checkpoint per model, then whatever the writes name.
-- ARGV: number of models; per model: expected position, next position, fence; one letter of type per key;
--       entry of the feed, its limits in entries and bytes; then writes: command, key number, count, arguments.
local models = tonumber(ARGV[1])
local at = 2
for model = 1, models do
  local stands = redis.call('HMGET', KEYS[3 + model], 'position', 'fence')
  local position, fence = stands[1] or '0', stands[2] or '0'
  if tonumber(ARGV[at + 2]) < tonumber(fence) then
    return {'fenced', tostring(model), fence}
  end
  -- A token that was never given out here: the store was wiped or went back since.
  if ARGV[at] ~= position or tonumber(ARGV[at + 2]) ~= tonumber(fence) then
    return {'moved', tostring(model), position}
  end
  at = at + 3
end

local names = {h = 'hash', z = 'zset', x = 'stream', l = 'list'}
for number, key in ipairs(KEYS) do
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= names[string.sub(ARGV[at], number, number)] then
    return {'foreign', key, found}
  end
end

local write = at + 4
local last = #ARGV
while write <= last do
  local count = tonumber(ARGV[write + 2])
  redis.call(ARGV[write], KEYS[tonumber(ARGV[write + 1])], unpack(ARGV, write + 3, write + 2 + count))
  write = write + 3 + count
end

append(KEYS[1], KEYS[2], KEYS[3], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]))
for model = 1, models do
  local first = 2 + (model - 1) * 3
  redis.call('HSET', KEYS[3 + model], 'position', ARGV[first + 1], 'fence', ARGV[first + 2])
end
return {'done'}
