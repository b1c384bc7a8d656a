;; Classes whose fields may be read from the environment.

;> class S(BaseSettings): pass
(class_definition superclasses: (argument_list (_) @class.base)) @class
(decorated_definition (decorator (_) @class.mark) definition: (class_definition) @class)
(class_definition body: (block (expression_statement (assignment left: (identifier) @field.name type: (_) @field.type) @field)))
(class_definition body: (block (expression_statement (assignment left: (identifier) @field.name right: (_) @field.value) @field)))
