package epcisrest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/index"
)

// Bounds of a query: what one statement of the read model should carry.
const (
	maxParameters = 40
	maxValues     = 200 // in all
	maxNameLength = 300
)

// query is a query as it was understood.
type query struct {
	index.EPCISQuery
	// eventCountLimit and maxEventCount are 0 when not given.
	eventCountLimit, maxEventCount int
	inside                         []inside
}

// compiler turns query parameters into conditions. Every parameter is understood
// or refused: a misspelt filter must not answer as if there were none.
type compiler struct {
	names   epcis.Names
	q       query
	orderBy string
	values  int
}

// compile reads parameters, each with its values. Source: EPCIS 2.0.1, 8.2.7.1.
func compile(params map[string][]string, names epcis.Names) (query, *Problem) {
	c := &compiler{names: names, q: query{EPCISQuery: index.EPCISQuery{Descending: true}}}
	if len(params) > maxParameters {
		return c.q, exception("QueryTooComplexException", "the query has %d parameters; at most %d are taken", len(params), maxParameters)
	}
	sorted := make([]string, 0, len(params))
	for name := range params {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted) // conditions in one order: page tokens know a query by them
	for _, name := range sorted {
		if len(name) > maxNameLength {
			return c.q, badParameter(name, "the name is too long")
		}
		if c.values += len(params[name]); c.values > maxValues {
			return c.q, exception("QueryTooComplexException", "the query has more than %d values; ask for fewer at once", maxValues)
		}
		if p := c.parameter(name, params[name]); p != nil {
			return c.q, p
		}
	}
	return c.q, c.finish()
}

func (c *compiler) finish() *Problem {
	switch {
	case c.q.eventCountLimit > 0 && c.q.maxEventCount > 0:
		return badParameter("eventCountLimit", "it excludes maxEventCount; give one of the two")
	case c.q.eventCountLimit > 0 && c.orderBy == "":
		return badParameter("eventCountLimit", "it needs orderBy, which says which events are the first")
	}
	return nil
}

// plainParameters take no operator.
var plainParameters = map[string]func(*compiler, string, []string) *Problem{
	"eventType":       (*compiler).eventType,
	"orderBy":         (*compiler).order,
	"orderDirection":  (*compiler).direction,
	"eventCountLimit": func(c *compiler, n string, v []string) *Problem { return count(&c.q.eventCountLimit, n, v) },
	"maxEventCount":   func(c *compiler, n string, v []string) *Problem { return count(&c.q.maxEventCount, n, v) },
}

func (c *compiler) parameter(name string, values []string) *Problem {
	if f := plainParameters[name]; f != nil {
		return f(c, name, values)
	}
	op, field, ok := strings.Cut(name, "_")
	if !ok || field == "" {
		return unknown(name)
	}
	if op != "EXISTS" && len(values) == 0 || slices.Contains(values, "") && op != "EXISTS" {
		return badParameter(name, "it has an empty value")
	}
	switch op {
	case "EQ":
		return c.equal(name, field, values)
	case "GE", "GT", "LE", "LT":
		return c.compare(name, operators[op], field, values)
	case "MATCH":
		return c.match(name, field, values)
	case "WD":
		return c.within(name, field, values)
	case "EXISTS":
		return c.exists(name, field, values)
	}
	return c.masterData(name, op, field, values)
}

var operators = map[string]index.EPCISOp{
	"GE": index.EPCISAtLeast, "GT": index.EPCISGreater, "LE": index.EPCISAtMost, "LT": index.EPCISLess,
}

func unknown(name string) *Problem {
	return badParameter(name, "there is no such query parameter")
}

func (c *compiler) where(tests ...index.EPCISTest) {
	c.q.Where = append(c.q.Where, tests)
}

func equalTo(field string, values []string) index.EPCISTest {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = index.TermValue(v)
	}
	return index.EPCISTest{Field: field, Op: index.EPCISEqual, Values: out}
}

func (c *compiler) eventType(name string, values []string) *Problem {
	for _, v := range values {
		switch epcis.EventType(v) {
		case epcis.ObjectEvent, epcis.AggregationEvent, epcis.AssociationEvent, epcis.TransactionEvent, epcis.TransformationEvent:
		default:
			if !strings.Contains(v, ":") {
				return badParameter(name, "%s is no event type; write ObjectEvent, AggregationEvent, AssociationEvent, TransactionEvent or TransformationEvent", clip(v))
			}
		}
	}
	c.where(equalTo("type", values))
	return nil
}

func (c *compiler) order(name string, values []string) *Problem {
	v, p := single(name, values)
	if p != nil {
		return p
	}
	if v != "eventTime" && v != "recordTime" {
		return badParameter(name, "events are ordered by eventTime or recordTime, not by %s", clip(v))
	}
	c.orderBy, c.q.ByEventTime = v, v == "eventTime"
	return nil
}

func (c *compiler) direction(name string, values []string) *Problem {
	v, p := single(name, values)
	if p != nil {
		return p
	}
	if v != "ASC" && v != "DESC" {
		return badParameter(name, "it is %s; write ASC or DESC", clip(v))
	}
	c.q.Descending = v == "DESC"
	return nil
}

func single(name string, values []string) (string, *Problem) {
	if len(values) != 1 || values[0] == "" {
		return "", badParameter(name, "it takes one value, not %d", len(values))
	}
	return values[0], nil
}

func count(into *int, name string, values []string) *Problem {
	v, p := single(name, values)
	if p != nil {
		return p
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 1_000_000 {
		return badParameter(name, "it is %s; write a number from 1 to 1000000", clip(v))
	}
	*into = n
	return nil
}

// number reads a value as a sortable number.
func number(v string) (string, bool) {
	tree, err := epcis.ParseJSON([]byte(v), epcis.Limits{MaxBytes: 64})
	if err != nil || tree.Kind != epcis.Number {
		return "", false
	}
	return index.SortableNumber(tree.Text), true
}

// moment reads a value as unix milliseconds.
func moment(name string, values []string) (int64, *Problem) {
	v, p := single(name, values)
	if p != nil {
		return 0, p
	}
	// A plus in a query string means a space, where nobody escaped it.
	ms, err := epcis.ParseTime(strings.Replace(v, " ", "+", 1))
	if err != nil {
		return 0, badParameter(name, "%v", err)
	}
	return ms, nil
}

// uris refuses values that cannot be identifiers.
func uris(name string, values []string) *Problem {
	for _, v := range values {
		if !strings.Contains(v, ":") {
			return badParameter(name, "%s is not a URI", clip(v))
		}
	}
	return nil
}

// words gives the URIs of vocabulary words; a bare word must be one of the
// standard's.
func words(name, vocabulary string, values []string) ([]string, *Problem) {
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = epcis.CanonicalWord(vocabulary, v); !strings.Contains(out[i], ":") {
			return nil, badParameter(name, "%s is neither a word of the standard nor a URI", clip(v))
		}
	}
	return out, nil
}

func ids(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = epcis.CanonicalID(v)
	}
	return out
}

func (c *compiler) exists(name, field string, values []string) *Problem {
	if len(values) > 1 {
		return badParameter(name, "it takes no value, or true")
	}
	if len(values) == 1 && values[0] == "false" {
		return nil // as if it were not given
	}
	if len(values) == 1 {
		if _, isNumber := number(values[0]); !isNumber && values[0] != "" && values[0] != "true" && values[0] != "null" {
			return badParameter(name, "it takes no value, or true; it is %s", clip(values[0]))
		}
	}
	if field == "errorDeclaration" || field == "sensorElementList" {
		c.where(index.EPCISTest{Field: field, Op: index.EPCISExists})
		return nil
	}
	term, p := c.extension(name, field)
	if p != nil {
		return p
	}
	c.where(index.EPCISTest{Field: term, Op: index.EPCISExists})
	return nil
}

// masterData answers the parameters about attributes of master data. The ledger
// keeps none under EPCIS's names, and saying so is better than an empty answer.
func (c *compiler) masterData(name, op, _ string, _ []string) *Problem {
	if op == "HASATTR" || op == "EQATTR" {
		return notImplemented("%s asks for attributes of EPCIS master data, of which this ledger keeps none; "+
			"places, products and participants are at /v1", clip(name))
	}
	return unknown(name)
}
