-- Appends one entry to the change feed of a lane: a stream whose ids are <life of the feed>-<dense number>.
-- Never leaves the feed above its limits. The caller has checked everything before.
local function append(stream, feed, sizes, entry, kept_entries, kept_bytes)
  local known = redis.call('HMGET', feed, 'epoch', 'newest', 'bytes')
  local epoch = known[1]
  if not epoch then
    local now = redis.call('TIME')
    epoch = string.format('%.0f', tonumber(now[1]) * 1000000 + tonumber(now[2]))
  end
  local number = string.format('%.0f', tonumber(known[2] or '0') + 1)
  redis.call('XADD', stream, epoch .. '-' .. number, 'models', entry)
  local bytes = tonumber(known[3] or '0') + #entry
  local entries = redis.call('RPUSH', sizes, #entry)
  if entries > kept_entries or bytes > kept_bytes then
    -- An eighth more than needed, so that not every step trims.
    while entries > 1 and (entries > kept_entries * 7 / 8 or bytes > kept_bytes * 7 / 8) do
      bytes = bytes - tonumber(redis.call('LPOP', sizes) or '0')
      entries = entries - 1
    end
    redis.call('XTRIM', stream, 'MAXLEN', entries)
  end
  redis.call('HSET', feed, 'epoch', epoch, 'newest', number, 'bytes', string.format('%.0f', bytes))
end
