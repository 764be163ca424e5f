package rules

import (
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Bounds of an expression.
const (
	maxExpression = 1000
	maxExprNodes  = 200
	maxExprDepth  = 24
)

// baseEnv is the environment without a contract's own names. It is made once; the
// order in which callers arrive does not show.
var baseEnv = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.StdLib(),
		cel.ClearMacros(),
		cel.EnableMacroCallTracking(), // so that loops can be shown as they were written
		cel.Macros(cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro),
		cel.HomogeneousAggregateLiterals(),
		cel.CustomTypeAdapter(adapter{}),
		cel.CustomTypeProvider(provider{}),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ParserRecursionLimit(maxExprDepth),
		cel.ParserErrorRecoveryLimit(4),
		cel.ExpressionNodeLimit(maxExprNodes),
	}
	for _, b := range builtins {
		options = append(options, cel.Variable(b.name, b.kind.cel))
	}
	for i := range functionTable {
		options = append(options, functionTable[i].declare())
	}
	return cel.NewCustomEnv(options...)
})

// costs gives sizes and call costs, to the estimate and to the count alike: a call
// of ours costs 1 and 1 for each entry of the lists that it is given.
type costs struct{}

var ours = func() map[string]*Function {
	m := map[string]*Function{}
	for i := range functionTable {
		m[functionTable[i].Name] = &functionTable[i]
	}
	return m
}()

func (costs) EstimateSize(n checker.AstNode) *checker.SizeEstimate {
	switch n.Type().Kind() {
	case cel.ListKind:
		return &checker.SizeEstimate{Min: 0, Max: maxList}
	case cel.StringKind:
		return &checker.SizeEstimate{Min: 0, Max: maxWord}
	}
	return nil
}

func (costs) EstimateCallCost(name, _ string, _ *checker.AstNode, args []checker.AstNode) *checker.CallEstimate {
	f := ours[name]
	if f == nil {
		return nil
	}
	most := uint64(1)
	for _, a := range f.args {
		if a.cel.Kind() == cel.ListKind {
			most += maxList
		}
	}
	return &checker.CallEstimate{CostEstimate: checker.CostEstimate{Min: 1, Max: most}}
}

func (costs) CallCost(name, _ string, args []ref.Val, _ ref.Val) *uint64 {
	if ours[name] == nil {
		return nil
	}
	cost := uint64(1)
	for _, a := range args {
		if l, is := a.(traits.Lister); is {
			cost += uint64(integer(l.Size()))
		}
	}
	return &cost
}
