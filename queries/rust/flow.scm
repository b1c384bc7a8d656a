;; How values move through an expression or statement. Macros with plain arguments were opened into calls before.

;; Names.
(identifier) @name
(self) @name
(crate) @name
(super) @name

;; Literals.
(string_literal) @string
(raw_string_literal) @string

;; Parts of values, and paths.
;> self.token
;! Self::token
(field_expression value: (_) @member.object field: (_) @member.name) @member
;> std::env::var
;! var
(scoped_identifier path: (_) @member.object name: (_) @member.name) @member
;> a["x"]
(index_expression . (_) @index.object . (_) @index.key) @index

;; Calls.
;> f(x)
;> println!("{}", x)
;! f
(call_expression function: (_) @call.function arguments: (arguments) @call.arguments) @call

;; The same value.
(generic_function function: (_) @same.value) @same
(reference_expression value: (_) @same.value) @same
(try_expression (_) @same.value) @same
(await_expression (_) @same.value) @same
(parenthesized_expression (_) @same.value) @same
(unary_expression "*" (_) @same.value) @same
(type_cast_expression value: (_) @same.value) @same
(block (_) @same.value) @same
(unsafe_block (_) @same.value) @same
(async_block (_) @same.value) @same
(else_clause (_) @same.value) @same
(struct_expression body: (_) @same.value) @same

;; One of several.
(if_expression consequence: (_) @either.value) @either
(if_expression alternative: (_) @either.value) @either
(match_expression body: (match_block (match_arm value: (_) @either.value))) @either

;; Put together, or only looked at.
(binary_expression left: (_) @join.value operator: "+" right: (_) @join.value) @join
(binary_expression left: (_) @test.value operator: ["==" "!=" "<" ">" "<=" ">=" "&&" "||"] right: (_) @test.value) @test
(unary_expression "!" (_) @test.value) @test
(if_expression condition: (_) @test.value @filter) @test
(while_expression condition: (_) @test.value) @test

;; Containers.
(array_expression) @list
(tuple_expression) @list
(field_initializer_list) @list
(field_initializer field: (_) @entry.key value: (_) @entry.value) @entry
(shorthand_field_initializer (identifier) @entry.key @entry.value) @entry
(base_field_initializer (_) @spread.value) @spread

;; Bindings.
;> fn f() { let a = b; }
(let_declaration pattern: (_) @bind.target value: (_) @bind.value) @bind
;> const A: &str = "b";
(const_item name: (_) @bind.target value: (_) @bind.value) @bind
(static_item name: (_) @bind.target value: (_) @bind.value) @bind
(assignment_expression left: (_) @bind.target right: (_) @bind.value) @assign
;> fn f() { a += b; }
(compound_assignment_expr left: (_) @bind.target right: (_) @bind.value) @assign
(let_condition pattern: (_) @bind.target value: (_) @bind.value) @bind
(match_expression value: (_) @bind.value body: (match_block (match_arm pattern: (match_pattern (_) @bind.target)))) @bind

;; Out of functions.
(return_expression (_) @return.value) @return

;; Loops.
;> fn f() { for (k, v) in x {} }
(for_expression pattern: (_) @loop.target value: (_) @loop.over) @loop
