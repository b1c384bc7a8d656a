;; How values move through an expression or statement.

;; Names.
(identifier) @name

;; Literals and text.
(string) @string
;> f"{x}"
;! "x"
(string (interpolation expression: (_) @text.part)) @text
(concatenated_string (_) @join.value) @join

;; Parts of values.
;> os.environ
;! os["environ"]
(attribute object: (_) @member.object attribute: (identifier) @member.name) @member
;> os.environ["X"]
;! os.environ
(subscript value: (_) @index.object subscript: (_) @index.key) @index

;; Calls.
;> f(x)
;! f
(call function: (_) @call.function arguments: (argument_list) @call.arguments) @call
;> f(x for x in y)
;! f(x)
(call function: (_) @call.function arguments: (generator_expression) @call.arguments) @call

;; The same value.
(parenthesized_expression (_) @same.value) @same
(await (_) @same.value) @same
(named_expression value: (_) @same.value) @same

;; One of several.
;> a or b
;! a and b
(boolean_operator left: (_) @either.value operator: "or" right: (_) @either.value) @either
(boolean_operator left: (_) @test.value operator: "and" right: (_) @either.value) @either
;> a if b else c
(conditional_expression . (_) @either.value . (_) @either.condition . (_) @either.value) @either

;; Put together.
;> a | b
;! a - b
(binary_operator left: (_) @join.value operator: ["+" "|" "%"] right: (_) @join.value) @join
(list_comprehension body: (_) @join.value) @join
(set_comprehension body: (_) @join.value) @join
(generator_expression body: (_) @join.value) @join
(dictionary_comprehension body: (pair value: (_) @join.value)) @join

;; Only looked at.
(not_operator argument: (_) @test.value) @test
(comparison_operator (_) @test.value) @test
(if_statement condition: (_) @test.value @filter) @test
(elif_clause condition: (_) @test.value @filter) @test
(while_statement condition: (_) @test.value) @test
(if_clause (_) @test.value @filter) @test

;; Containers.
(dictionary) @list
(list) @list
(tuple) @list
(set) @list
(expression_list) @list
(dictionary_splat (_) @spread.value) @spread
(list_splat (_) @spread.value) @spread
(dictionary (pair key: (_) @entry.key value: (_) @entry.value) @entry)
(keyword_argument name: (_) @entry.key value: (_) @entry.value) @entry

;; Bindings.
;> a = b
;> a: str = b
;! a: str
(assignment left: (_) @bind.target right: (_) @bind.value) @bind
(augmented_assignment left: (_) @bind.target right: (_) @bind.value) @assign
;> (a := b)
(named_expression name: (_) @bind.target value: (_) @bind.value) @bind
(as_pattern . (_) @bind.value alias: (as_pattern_target (_) @bind.target)) @bind

;; Out of functions.
(return_statement (_) @return.value) @return
(yield (_) @return.value) @return
(raise_statement . (_) @raise.value) @raise
;> assert x, y
;! assert x
(assert_statement . (_) . (_) @raise.value) @raise

;; Loops.
;> for k in x: pass
(for_statement left: (_) @loop.target right: (_) @loop.over) @loop
;> [k for k in x]
(for_in_clause left: (_) @loop.target right: (_) @loop.over) @loop
