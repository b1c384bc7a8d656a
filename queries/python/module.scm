;; Names taken from other modules.

;> import os
;! import os as o
(import_statement name: (dotted_name) @import.source @import.module) @import
;> import os as o
(import_statement name: (aliased_import name: (dotted_name) @import.source alias: (identifier) @import.module)) @import
;> from os import environ
;! from os import environ as e
(import_from_statement module_name: (_) @import.source name: (dotted_name) @import.name) @import
;> from os import environ as e
(import_from_statement module_name: (_) @import.source name: (aliased_import name: (dotted_name) @import.name alias: (identifier) @import.alias)) @import
;> from os import *
(import_from_statement module_name: (_) @import.source (wildcard_import)) @import
