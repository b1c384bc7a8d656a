;; Structs whose fields may be filled from the environment, with their attributes.

;> struct S { a: String }
(struct_item name: (_) @class.name body: (field_declaration_list) @class.body) @class
(field_declaration name: (_) @field.name type: (_) @field.type) @field
