-- Copyright (c) 2026, The langops.langgraph maintainers
-- GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Written by langops.langgraph (role gateway). Changes by hand are undone.
-- HAProxy compares a length that a request announces, but does not count a body that announces none: this filter counts it.

local Limit = {id = "langops body limit", flags = filter.FLT_CFG_FL_HTX}
Limit.__index = Limit

function Limit:new()
  return setmetatable({count = 0, limit = self.limit}, Limit)
end

-- Only a body without a length is counted; a websocket is no body.
function Limit:start_analyze(txn, channel)
  if not channel:is_resp() and txn:get_var("txn.unmeasured") then
    filter.register_data_filter(self, channel)
  end
end

function Limit:http_payload(txn, message)
  self.count = self.count + message:input()
  if self.count > self.limit then
    txn:set_var("txn.too_large", true)
    -- Only an error ends the request here, on all versions. It is answered as 400, which the configuration turns into 413.
    error("a request body without a length is larger than the limit", 0)
  end
end

core.register_filter("langops-body-limit", Limit, function(self, arguments)
  self.limit = tonumber(arguments[1])
  return self
end)
