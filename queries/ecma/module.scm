;; Names taken from and given to other modules.

;> import fs from "fs"
;! import { fs } from "fs"
(import_statement (import_clause (identifier) @import.module) source: (string) @import.source) @import
;> import * as fs from "fs"
(import_statement (import_clause (namespace_import (identifier) @import.module)) source: (string) @import.source) @import
;> import { a } from "m"
;! import { a as b } from "m"
(import_statement (import_clause (named_imports (import_specifier !alias name: (_) @import.name))) source: (string) @import.source) @import
;> import { a as b } from "m"
;! import { a } from "m"
(import_statement
  (import_clause (named_imports (import_specifier name: (_) @import.name alias: (_) @import.alias)))
  source: (string) @import.source) @import
(import_statement (import_require_clause (identifier) @import.module source: (string) @import.source)) @import

;> export const a = 1
(export_statement declaration: (_) @export.value) @export
;> export default a
(export_statement value: (_) @export.value) @export
(export_statement !source (export_clause (export_specifier !alias name: (_) @export.name))) @export
(export_statement !source (export_clause (export_specifier name: (_) @export.name alias: (_) @export.alias))) @export
(export_statement (export_clause (export_specifier !alias name: (_) @export.name)) source: (string) @export.source) @export
(export_statement (export_clause (export_specifier name: (_) @export.name alias: (_) @export.alias)) source: (string) @export.source) @export
(export_statement "*" source: (string) @export.source) @export
