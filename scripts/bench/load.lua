-- wrk's script. With an argument every request invites another address of that batch; without one wrk repeats one request.
function init(args)
  local batch = args[1]
  if not batch then return end
  local sent = 0
  request = function()
    sent = sent + 1
    local body = string.format('{"email":"invitee-%s-%d@example.com","role":"viewer"}', batch, sent)
    return wrk.format("POST", nil, nil, body)
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local form = '\n{"requests":%d,"bytes":%d,"microseconds":%d,"p99":%d,"failed":%d}\n'
  io.write(form:format(summary.requests, summary.bytes, summary.duration, latency:percentile(99), failed))
end
