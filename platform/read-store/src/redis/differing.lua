-- Compares a page of the documents of two generations where they lie: what readers see, not the position before it.
-- KEYS: documents of one, documents of the other.
-- ARGV: `both` to go through one and compare, `other` to go through the other and look for what one lacks; cursor; how many.
-- Answers where the walk goes on, how many were looked at, and the keys that differ.
local function shown(document)
  return document and string.sub(document, 1, 1), document and string.sub(document, 10)
end

local walked, against = KEYS[1], KEYS[2]
if ARGV[1] == 'other' then
  walked, against = KEYS[2], KEYS[1]
end
local page = redis.call('HSCAN', walked, ARGV[2], 'COUNT', ARGV[3])
local found = page[2]
local answer = {page[1], tostring(#found / 2)}
for place = 1, #found, 2 do
  local key = found[place]
  if ARGV[1] == 'other' then
    if redis.call('HEXISTS', against, key) == 0 then
      answer[#answer + 1] = key
    end
  else
    local ours, theirs = found[place + 1], redis.call('HGET', against, key)
    if ours ~= theirs then
      local hidden, body = shown(ours)
      local other_hidden, other_body = shown(theirs)
      if hidden ~= other_hidden or body ~= other_body then
        answer[#answer + 1] = key
      end
    end
  end
end
return answer
