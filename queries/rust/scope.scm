;; Functions, types and the regions in which names live.

(source_file) @scope
(block) @scope
(declaration_list) @scope
(match_arm) @scope
(for_expression) @scope
(if_expression) @scope

;> fn f(a: u8) -> u8 { a }
(function_item name: (_) @function.name parameters: (parameters) @function.parameters body: (_) @function.body) @function
;> |a| a
(closure_expression parameters: (closure_parameters) @function.parameters body: (_) @function.body) @function

(parameter pattern: (_) @parameter.target type: (_) @parameter.type) @parameter
(closure_parameters [(identifier) (tuple_pattern)] @parameter @parameter.target)
(closure_parameters (reference_pattern (_) @parameter.target) @parameter)

(impl_item type: (_) @class.name body: (_) @class.body) @class
