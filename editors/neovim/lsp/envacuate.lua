--- envacuate: the secrets of MCP servers in environment variables and config files, and the ways they get out.
---
--- Goes into a folder `lsp` of the runtime path; then `vim.lsp.enable('envacuate')`. Needs Neovim 0.11.

local places = vim.fn.has('win32') == 1 and { 'node_modules/.bin/envacuate.cmd', '.venv/Scripts/envacuate.exe' }
  or { 'node_modules/.bin/envacuate', '.venv/bin/envacuate' }

---@type vim.lsp.Config
return {
  -- The program of the project comes first. To start one and no other: cmd = { '/usr/bin/envacuate', 'lsp' }.
  cmd = function(dispatchers, config)
    local root = config and config.root_dir or vim.fs.root(0, { 'envacuate.toml', '.envacuate.toml', '.git' })
    local program = 'envacuate'
    for _, place in ipairs(root and places or {}) do
      local own = vim.fs.joinpath(root, place)
      if vim.fn.executable(own) == 1 then
        program = own
        break
      end
    end
    return vim.lsp.rpc.start({ program, 'lsp' }, dispatchers, { cwd = root })
  end,
  filetypes = {
    'javascript',
    'javascriptreact',
    'typescript',
    'typescriptreact',
    'python',
    'rust',
    'json',
    'jsonc',
    'yaml',
    'yaml.docker-compose',
    'toml',
    'dockerfile',
    'sh',
    'bash',
    'env',
    'conf',
    'dosini',
  },
  root_markers = { 'envacuate.toml', '.envacuate.toml', '.git' },
  workspace_required = false,
  settings = {
    envacuate = {
      -- notes = true,
      -- diagnosticMode = 'workspace', -- or 'openFiles'
      -- configuration = '/path/of/envacuate.toml',
      -- unsafeFixes = true,
    },
  },
}
