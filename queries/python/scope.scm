;; Functions, classes and the regions in which names live.

(module) @scope
(list_comprehension) @scope
(set_comprehension) @scope
(generator_expression) @scope
(dictionary_comprehension) @scope

(function_definition name: (_) @function.name parameters: (parameters) @function.parameters body: (_) @function.body) @function
(decorated_definition (decorator (_) @function.mark) definition: (function_definition) @function)
(lambda body: (_) @function.result) @function
(lambda parameters: (lambda_parameters) @function.parameters) @function

(parameters (identifier) @parameter @parameter.target)
(parameters (default_parameter name: (_) @parameter.target value: (_) @parameter.default) @parameter)
(parameters (list_splat_pattern (identifier) @parameter.target) @parameter)
(parameters (dictionary_splat_pattern (identifier) @parameter.target) @parameter)
(lambda_parameters (identifier) @parameter @parameter.target)
(lambda_parameters (default_parameter name: (_) @parameter.target value: (_) @parameter.default) @parameter)
(lambda_parameters (list_splat_pattern (identifier) @parameter.target) @parameter)
(lambda_parameters (dictionary_splat_pattern (identifier) @parameter.target) @parameter)
(typed_parameter . (identifier) @parameter.target type: (_) @parameter.type) @parameter
(typed_parameter (list_splat_pattern (identifier) @parameter.target)) @parameter
(typed_parameter (dictionary_splat_pattern (identifier) @parameter.target)) @parameter
(typed_default_parameter name: (_) @parameter.target type: (_) @parameter.type value: (_) @parameter.default) @parameter

(class_definition name: (_) @class.name body: (_) @class.body) @class
