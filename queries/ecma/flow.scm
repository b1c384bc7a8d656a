;; How values move through an expression or statement.

;; Names.
(identifier) @name
(meta_property) @name
(this) @name
(shorthand_property_identifier) @name
(shorthand_property_identifier) @entry @entry.key @entry.value

;; Literals and text.
(string) @string
(template_string) @text
(template_string (template_substitution (_) @text.part)) @text

;; Parts of values.
;> process.env.API_KEY
;> process?.env
;! process["env"]
(member_expression object: (_) @member.object property: [(property_identifier) (private_property_identifier)] @member.name) @member
;> process["env"]
;! process.env
(subscript_expression object: (_) @index.object index: (_) @index.key) @index

;; Calls.
;> f(x)
;! f
(call_expression function: (_) @call.function arguments: (arguments) @call.arguments) @call
;> f`x`
;! f(x)
(call_expression function: (_) @call.function arguments: (template_string) @call.arguments) @call
;> new F(x)
(new_expression constructor: (_) @call.function arguments: (arguments) @call.arguments) @call

;; The same value.
(parenthesized_expression (_) @same.value) @same
(await_expression (_) @same.value) @same
(non_null_expression (_) @same.value) @same
(as_expression . (_) @same.value) @same
(satisfies_expression . (_) @same.value) @same
(type_assertion (type_arguments) . (_) @same.value) @same
(instantiation_expression . (_) @same.value) @same

;; One of several.
;> a || b
;> a ?? b
;! a && b
(binary_expression left: (_) @either.value operator: ["||" "??"] right: (_) @either.value) @either
(binary_expression left: (_) @test.value operator: "&&" right: (_) @either.value) @either
(ternary_expression condition: (_) @either.condition consequence: (_) @either.value alternative: (_) @either.value) @either
(sequence_expression (_) @either.value) @either

;; Put together.
;> a + b
;! a - b
(binary_expression left: (_) @join.value operator: "+" right: (_) @join.value) @join

;; Only looked at.
(binary_expression
  left: (_) @test.value
  operator: ["===" "!==" "==" "!=" "<" ">" "<=" ">=" "in" "instanceof" "-" "*" "/" "%"]
  right: (_) @test.value) @test
(unary_expression argument: (_) @test.value) @test
(if_statement condition: (_) @test.value @filter) @test
(while_statement condition: (_) @test.value) @test
(do_statement condition: (_) @test.value) @test
(switch_statement value: (_) @test.value) @test

;; Containers.
(object) @list
(array) @list
(spread_element (_) @spread.value) @spread
(pair key: (_) @entry.key value: (_) @entry.value) @entry

;; An enumeration is an object of its members.
(enum_declaration name: (_) @bind.target body: (_) @bind.value) @bind
(enum_body) @list
(enum_assignment name: (_) @entry.key value: (_) @entry.value) @entry

;; Bindings.
;> const a = b
;> let { a } = b
;! let a
(variable_declarator name: (_) @bind.target value: (_) @bind.value) @bind
;> let a
;! let a = b
(variable_declarator !value name: (_) @bind.target) @bind
;> const { a = b } = c
(object_assignment_pattern left: (shorthand_property_identifier_pattern) @bind.target right: (_) @bind.value) @bind
;> const { x: a = b } = c
(pair_pattern value: (assignment_pattern left: (identifier) @bind.target right: (_) @bind.value)) @bind
;> a = b
(assignment_expression left: (_) @bind.target right: (_) @bind.value) @assign
;> a ||= b
(augmented_assignment_expression left: (_) @bind.target right: (_) @bind.value) @assign

;; Out of functions.
(return_statement (_) @return.value) @return
(yield_expression (_) @return.value) @return
(throw_statement (_) @raise.value) @raise

;; Loops.
;> for (const k of x) {}
;! for (const k in x) {}
(for_in_statement left: (_) @loop.target operator: "of" right: (_) @loop.over) @loop
;> for (const k in x) {}
;! for (const k of x) {}
(for_in_statement left: (_) @loop.target operator: "in" right: (_) @loop.keys) @loop
