-- Works on three files as somebody would who uses Neovim, and writes what came of it to `told.json`.

local LONG = tonumber(vim.env.LONG) * 1000
local told = { counts = {}, under = {} }

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') .. '\n'
end

local function wait(what, is)
  if not vim.wait(LONG, is, 20) then
    error('waited in vain: ' .. what .. '; ' .. vim.inspect(vim.tbl_map(function(one) return one.code end, vim.diagnostic.get(0))))
  end
end

local function diagnostics(code)
  return vim.tbl_filter(function(one) return one.code == code end, vim.diagnostic.get(0))
end

local function count(name, code, number)
  wait(name, function() return #diagnostics(code) == number end)
  told.counts[name] = number
end

local function act(options)
  vim.lsp.buf.code_action(vim.tbl_extend('error', { apply = true }, options))
end

local function titled(title)
  return function(action) return vim.startswith(action.title, title) end
end

local function undo()
  -- As if somebody had typed in between.
  vim.cmd('silent undo')
end

local function work()
  vim.opt.runtimepath:prepend(vim.env.SHIPPED)
  vim.lsp.enable('envacuate')

  vim.cmd.edit('server.js')
  wait('attached', function() return #vim.lsp.get_clients({ bufnr = 0, name = 'envacuate' }) == 1 end)
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  count('first', 'env-dump', 1)
  told.encoding = client.offset_encoding
  local one = diagnostics('env-dump')[1]
  told.under = vim.api.nvim_buf_get_text(0, one.lnum, one.col, one.end_lnum, one.end_col, {})

  vim.api.nvim_win_set_cursor(0, { one.lnum + 1, one.col })
  local before = text()
  act({ filter = titled('Write only the names') })
  wait('the fix', function() return text() ~= before end)
  told.fixed = text()
  count('fixed', 'env-dump', 0)
  undo()
  told.undone = text()
  count('undone', 'env-dump', 1)

  vim.cmd.edit({ 'two.js', bang = true })
  count('two', 'env-dump', 2)
  before = text()
  act({ context = { only = { 'source.fixAll.envacuate' }, diagnostics = {} } })
  wait('all fixes', function() return text() ~= before end)
  told.all = text()
  count('all', 'env-dump', 0)
  undo()
  count('two undone', 'env-dump', 2)

  vim.cmd.edit({ 'config.js', bang = true })
  count('read', 'env-secret-read', 1)
  told.counts.read = nil
  one = diagnostics('env-secret-read')[1]
  vim.api.nvim_win_set_cursor(0, { one.lnum + 1, one.col })
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local hover = client:request_sync('textDocument/hover', params, LONG, 0)
  told.hover = hover.result.contents.value
  before = text()
  act({ filter = titled('Move API_TOKEN') })
  wait('the move', function() return text() ~= before end)
  told.moved = text()
  told.made = #vim.tbl_filter(function(buffer)
    return vim.api.nvim_buf_get_name(buffer):find('secrets', 1, true) ~= nil
  end, vim.api.nvim_list_bufs()) > 0

  client:stop()
  wait('the end', function() return client:is_stopped() end)
end

local is_done, why = xpcall(work, debug.traceback)
if not is_done then
  io.stderr:write(why .. '\n')
  vim.cmd('cquit 1')
end
local file = assert(io.open('told.json', 'w'))
file:write(vim.json.encode(told))
file:close()
vim.cmd('qall!')
