;; Functions, classes and the regions in which names live.

(program) @scope
(statement_block) @scope
(for_statement) @scope
(for_in_statement) @scope
(switch_body) @scope
(class_body) @scope
(catch_clause) @scope
(catch_clause parameter: (_) @bind.target) @bind

;> function f(a) { return a }
(function_declaration name: (identifier) @function.name parameters: (formal_parameters) @function.parameters body: (_) @function.body) @function
(generator_function_declaration name: (identifier) @function.name parameters: (formal_parameters) @function.parameters body: (_) @function.body) @function
;> x = function (a) { return a }
(function_expression parameters: (formal_parameters) @function.parameters body: (_) @function.body) @function
(function_expression name: (identifier) @function.name) @function
(generator_function parameters: (formal_parameters) @function.parameters body: (_) @function.body) @function
;> x = (a) => a
(arrow_function parameters: (formal_parameters) @function.parameters body: (_) @function.body) @function
;> x = a => a
;! x = (a) => a
(arrow_function parameter: (identifier) @parameter @parameter.target body: (_) @function.body) @function
;> class C { m(a) { return a } }
(method_definition name: (_) @function.name parameters: (formal_parameters) @function.parameters body: (_) @function.body) @function

;; Parameters: bare in JavaScript, wrapped in TypeScript.
(formal_parameters [(identifier) (object_pattern) (array_pattern)] @parameter @parameter.target)
(formal_parameters (assignment_pattern left: (_) @parameter.target right: (_) @parameter.default) @parameter)
(formal_parameters (rest_pattern (_) @parameter.target) @parameter)
(required_parameter pattern: (_) @parameter.target) @parameter
(required_parameter value: (_) @parameter.default) @parameter
(required_parameter type: (type_annotation (_) @parameter.type)) @parameter
(optional_parameter pattern: (_) @parameter.target) @parameter
(optional_parameter type: (type_annotation (_) @parameter.type)) @parameter

(class_declaration name: (_) @class.name body: (_) @class.body) @class
(abstract_class_declaration name: (_) @class.name body: (_) @class.body) @class
(class body: (_) @class.body) @class
;; A base is bare in JavaScript, and in a clause in TypeScript.
(class_declaration (class_heritage (extends_clause value: (_) @class.base))) @class
(class_declaration (class_heritage [(identifier) (member_expression)] @class.base)) @class

;; Fields of classes.
(public_field_definition name: (_) @bind.target value: (_) @bind.value) @bind
(field_definition property: (_) @bind.target value: (_) @bind.value) @bind
(public_field_definition name: (_) @field.name value: (_) @field.value) @field
(field_definition property: (_) @field.name value: (_) @field.value) @field
