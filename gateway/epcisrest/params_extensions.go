package epcisrest

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/index"
)

// scopes say where an extension stands, by the words before its name. The longer
// words come first.
var scopes = []struct{ words, term string }{
	{"INNER_ERROR_DECLARATION_", "edi"},
	{"INNER_SENSORELEMENT_", "sei"},
	{"INNER_SENSORMETADATA_", "smi"},
	{"INNER_SENSORREPORT_", "sri"},
	{"INNER_readPoint_", "rpi"},
	{"INNER_bizLocation_", "bli"},
	{"INNER_ILMD_", "mi"},
	{"INNER_", "xi"},
	{"ERROR_DECLARATION_", "ed"},
	{"SENSORELEMENT_", "se"},
	{"SENSORMETADATA_", "sm"},
	{"SENSORREPORT_", "sr"},
	{"readPoint_", "rp"},
	{"bizLocation_", "bl"},
	{"ILMD_", "m"},
	{"", "x"},
}

// extension is the term of an extension field. Its name is a CURIE whose prefix
// is declared, in the GS1-Extensions header or in the query's @context, or a URI.
func (c *compiler) extension(name, field string) (string, *Problem) {
	for _, s := range scopes {
		own, ok := strings.CutPrefix(field, s.words)
		if !ok {
			continue
		}
		if !strings.Contains(own, ":") {
			return "", unknown(name)
		}
		full, known := c.names.Full(own)
		if !known {
			prefix, _, _ := strings.Cut(own, ":")
			return "", badParameter(name, "the prefix %s is not declared; send the header GS1-Extensions: %s=<namespace>, "+
				"or declare it in the @context of the query", clip(prefix), clip(prefix))
		}
		return s.term + ":" + full, nil
	}
	return "", unknown(name)
}

// equalExtension compares an extension as text, as number and as time: a query
// string does not say which of them a value is.
func (c *compiler) equalExtension(name, field string, values []string) *Problem {
	term, p := c.extension(name, field)
	if p != nil {
		return p
	}
	var numbers, times []string
	for _, v := range values {
		if n, ok := number(v); ok {
			numbers = append(numbers, n)
		}
		if ms, err := epcis.ParseTime(v); err == nil {
			times = append(times, index.SortableTime(ms))
		}
	}
	tests := []index.EPCISTest{equalTo(term, ids(values))}
	if len(numbers) > 0 {
		tests = append(tests, index.EPCISTest{Field: "#" + term, Op: index.EPCISEqual, Values: numbers})
	}
	if len(times) > 0 {
		tests = append(tests, index.EPCISTest{Field: "@" + term, Op: index.EPCISEqual, Values: times})
	}
	c.where(tests...)
	return nil
}
