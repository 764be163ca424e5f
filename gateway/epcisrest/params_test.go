package epcisrest

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/index"
)

func testNames() epcis.Names {
	context := &epcis.Value{Kind: epcis.Object, Members: []epcis.Member{{Name: "ex", Value: epcis.Value{Kind: epcis.String, Text: "https://ns.example.com/epcis/"}}}}
	return epcis.NamesOf(context)
}

// eq is a condition of one test.
func eq(field string, op index.EPCISOp, values ...string) index.EPCISCondition {
	return index.EPCISCondition{{Field: field, Op: op, Values: values}}
}

func TestParametersBecomeConditions(t *testing.T) {
	const ex = "https://ns.example.com/epcis/"
	n := index.SortableNumber
	for name, tc := range map[string]struct {
		params map[string][]string
		want   []index.EPCISCondition
	}{
		"bare word and URI":    {map[string][]string{"EQ_bizStep": {"shipping", "https://ref.gs1.org/cbv/BizStep-receiving"}}, []index.EPCISCondition{eq("bizStep", "=", "https://ref.gs1.org/cbv/BizStep-shipping", "https://ref.gs1.org/cbv/BizStep-receiving")}},
		"old URN of a word":    {map[string][]string{"EQ_disposition": {"urn:epcglobal:cbv:disp:in_transit"}}, []index.EPCISCondition{eq("disposition", "=", "https://ref.gs1.org/cbv/Disp-in_transit")}},
		"EPC URN":              {map[string][]string{"MATCH_epc": {"urn:epc:id:sgtin:4012345.012345.77"}}, []index.EPCISCondition{eq("epc", "=", "https://id.gs1.org/01/04012345123456/21/77")}},
		"other domain":         {map[string][]string{"MATCH_parentID": {"https://example.org/00/106141412345678908"}}, []index.EPCISCondition{eq("parentID", "=", "https://id.gs1.org/00/106141412345678908")}},
		"class":                {map[string][]string{"MATCH_epcClass": {"urn:epc:class:lgtin:4012345.012345.L1"}}, []index.EPCISCondition{{{Field: "epcClass", Op: "=", Values: []string{"https://id.gs1.org/01/04012345123456/10/L1"}}, {Field: "epcClass^", Op: "=", Values: []string{"https://id.gs1.org/01/04012345123456/10/L1"}}}}},
		"pattern of an item":   {map[string][]string{"MATCH_anyEPC": {"urn:epc:idpat:sgtin:4012345.012345.*"}}, []index.EPCISCondition{{{Field: "anyEPC", Op: "=", Values: []string{"https://id.gs1.org/01/04012345123456"}}, {Field: "anyEPC^", Op: "=", Values: []string{"https://id.gs1.org/01/04012345123456"}}}}},
		"pattern of a firm":    {map[string][]string{"MATCH_epc": {"urn:epc:idpat:sgtin:4012345.*.*"}}, []index.EPCISCondition{eq("epc", "LIKE", "https://id.gs1.org/01/_4012345%")}},
		"all containers":       {map[string][]string{"MATCH_epc": {"urn:epc:idpat:sscc:*.*"}}, []index.EPCISCondition{eq("epc", "LIKE", "https://id.gs1.org/00/%")}},
		"containers of a firm": {map[string][]string{"MATCH_epc": {"urn:epc:idpat:sscc:0614141.*"}}, []index.EPCISCondition{eq("epc", "LIKE", "https://id.gs1.org/00/_0614141%")}},
		"assets of a type":     {map[string][]string{"MATCH_epc": {"urn:epc:idpat:grai:4012345.55555.*"}}, []index.EPCISCondition{eq("epc", "LIKE", "https://id.gs1.org/8003/0401234555555%")}},
		"quantity with unit":   {map[string][]string{"GE_quantity_KGM": {"1.50e2"}}, []index.EPCISCondition{eq("#quantity_KGM", ">=", n("150"))}},
		"quantities":           {map[string][]string{"EQ_quantity": {"1", "2"}}, []index.EPCISCondition{eq("#quantity", "=", n("1"), n("2"))}},
		"transaction":          {map[string][]string{"EQ_bizTransaction_po": {"urn:x:1"}}, []index.EPCISCondition{eq("bizTransaction_https://ref.gs1.org/cbv/BTT-po", "=", "urn:x:1")}},
		"destination":          {map[string][]string{"EQ_destination_owning_party": {"urn:epc:id:pgln:4012345.00225"}}, []index.EPCISCondition{eq("destination_https://ref.gs1.org/cbv/SDT-owning_party", "=", "https://id.gs1.org/417/4012345002256")}},
		"custom type":          {map[string][]string{"EQ_source_ex:kind": {"urn:x:1"}}, []index.EPCISCondition{eq("source_"+ex+"kind", "=", "urn:x:1")}},
		"extension as text":    {map[string][]string{"EQ_ex:variety": {"leccino"}}, []index.EPCISCondition{eq("x:"+ex+"variety", "=", "leccino")}},
		"extension, number":    {map[string][]string{"EQ_ex:n": {"7.0"}}, []index.EPCISCondition{{{Field: "x:" + ex + "n", Op: "=", Values: []string{"7.0"}}, {Field: "#x:" + ex + "n", Op: "=", Values: []string{n("7")}}}}},
		"extension, time":      {map[string][]string{"LT_INNER_ex:at": {"2026-01-01T00:00:00Z"}}, []index.EPCISCondition{eq("@xi:"+ex+"at", "<", index.SortableTime(1767225600000))}},
		"ILMD":                 {map[string][]string{"EQ_ILMD_cbvmda:lotNumber": {"L1"}}, []index.EPCISCondition{eq("m:urn:epcglobal:cbv:mda:lotNumber", "=", "L1")}},
		"whole URI":            {map[string][]string{"EXISTS_INNER_ILMD_" + ex + "acidity": {""}}, []index.EPCISCondition{eq("mi:"+ex+"acidity", "EXISTS")}},
		"in the read point":    {map[string][]string{"EQ_readPoint_ex:line": {"north"}}, []index.EPCISCondition{eq("rp:"+ex+"line", "=", "north")}},
		"in the declaration":   {map[string][]string{"GT_ERROR_DECLARATION_ex:n": {"3"}}, []index.EPCISCondition{eq("#ed:"+ex+"n", ">", n("3"))}},
		"in a sensor report":   {map[string][]string{"LE_INNER_SENSORREPORT_ex:n": {"3"}}, []index.EPCISCondition{eq("#sri:"+ex+"n", "<=", n("3"))}},
		"measurement":          {map[string][]string{"EQ_type": {"Temperature"}}, []index.EPCISCondition{eq("type.sensor", "=", "https://ref.gs1.org/voc/Temperature")}},
		"measured value":       {map[string][]string{"GT_meanValue_CEL": {"-18"}}, []index.EPCISCondition{eq("#meanValue_CEL", ">", n("-18"))}},
		"within":               {map[string][]string{"WD_readPoint": {"urn:epc:id:sgln:0614141.07346.0"}}, []index.EPCISCondition{{{Field: "readPoint", Op: "=", Values: []string{"https://id.gs1.org/414/0614141073467"}}, {Field: "readPoint^", Op: "=", Values: []string{"https://id.gs1.org/414/0614141073467"}}}}},
		"declared wrong":       {map[string][]string{"EXISTS_errorDeclaration": {"true"}}, []index.EPCISCondition{eq("errorDeclaration", "EXISTS")}},
		"or whichever":         {map[string][]string{"EXISTS_errorDeclaration": {"false"}}, nil},
		"time of declaration":  {map[string][]string{"GE_errorDeclarationTime": {"1970-01-01T00:00:01Z"}}, []index.EPCISCondition{eq("@errorDeclarationTime", ">=", index.SortableTime(1000))}},
	} {
		t.Run(name, func(t *testing.T) {
			q, p := compile(tc.params, testNames())
			if p != nil {
				t.Fatal(p)
			}
			if d := cmp.Diff(tc.want, q.Where); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTimesAndOrder(t *testing.T) {
	q, p := compile(map[string][]string{
		"GE_eventTime": {"2026-01-01T00:00:00 01:00"}, "LT_recordTime": {"2026-01-02T00:00:00Z"}, "orderBy": {"eventTime"}, "orderDirection": {"ASC"}, "eventCountLimit": {"5"},
	}, testNames())
	if p != nil || *q.FromEventTime != 1767222000000 || *q.ToRecordTime != 1767312000000 || !q.ByEventTime || q.Descending || q.eventCountLimit != 5 || len(q.Where) != 0 {
		t.Fatalf("%+v %v", q, p)
	}
	if q, p := compile(nil, testNames()); p != nil || q.ByEventTime || !q.Descending {
		t.Fatalf("%+v %v", q, p)
	}
}

func TestParametersAreUnderstoodOrRefused(t *testing.T) {
	many := make([]string, maxValues+1)
	for name, tc := range map[string]struct {
		params map[string][]string
		status int
		kind   string
	}{
		"unknown name":            {map[string][]string{"EQ_bizstep": {"shipping"}}, 400, "QueryParameterException"},
		"no operator":             {map[string][]string{"bizStep": {"shipping"}}, 400, "QueryParameterException"},
		"unknown operator":        {map[string][]string{"NE_bizStep": {"shipping"}}, 400, "QueryParameterException"},
		"operator of another":     {map[string][]string{"GE_bizStep": {"shipping"}}, 400, "QueryParameterException"},
		"unknown word":            {map[string][]string{"EQ_bizStep": {"shiping"}}, 400, "QueryParameterException"},
		"unknown action":          {map[string][]string{"EQ_action": {"REMOVE"}}, 400, "QueryParameterException"},
		"unknown type":            {map[string][]string{"eventType": {"Object"}}, 400, "QueryParameterException"},
		"empty":                   {map[string][]string{"EQ_bizStep": {""}}, 400, "QueryParameterException"},
		"one of several empty":    {map[string][]string{"EQ_bizStep": {"shipping", ""}}, 400, "QueryParameterException"},
		"no value":                {map[string][]string{"EQ_bizStep": {}}, 400, "QueryParameterException"},
		"no URI":                  {map[string][]string{"MATCH_epc": {"4012345"}}, 400, "QueryParameterException"},
		"MATCH of something else": {map[string][]string{"MATCH_readPoint": {"urn:x:1"}}, 400, "QueryParameterException"},
		"no number":               {map[string][]string{"GE_quantity": {"many"}}, 400, "QueryParameterException"},
		"two bounds":              {map[string][]string{"GE_quantity": {"1", "2"}}, 400, "QueryParameterException"},
		"measured without a unit": {map[string][]string{"GE_value": {"1"}}, 400, "QueryParameterException"},
		"no time":                 {map[string][]string{"GE_eventTime": {"yesterday"}}, 400, "QueryParameterException"},
		"GT of a time of event":   {map[string][]string{"GT_eventTime": {"2026-01-01T00:00:00Z"}}, 400, "QueryParameterException"},
		"undeclared prefix":       {map[string][]string{"EQ_other:field": {"1"}}, 400, "QueryParameterException"},
		"text compared":           {map[string][]string{"GE_ex:variety": {"leccino"}}, 400, "QueryParameterException"},
		"EXISTS of a value":       {map[string][]string{"EXISTS_ex:variety": {"leccino"}}, 400, "QueryParameterException"},
		"no boolean":              {map[string][]string{"EQ_booleanValue": {"yes"}}, 400, "QueryParameterException"},
		"order of something":      {map[string][]string{"orderBy": {"bizStep"}}, 400, "QueryParameterException"},
		"direction":               {map[string][]string{"orderDirection": {"UP"}}, 400, "QueryParameterException"},
		"limit without order":     {map[string][]string{"eventCountLimit": {"5"}}, 400, "QueryParameterException"},
		"limit and most":          {map[string][]string{"eventCountLimit": {"5"}, "maxEventCount": {"5"}, "orderBy": {"eventTime"}}, 400, "QueryParameterException"},
		"limit of none":           {map[string][]string{"maxEventCount": {"0"}}, 400, "QueryParameterException"},
		"too many values":         {map[string][]string{"EQ_eventID": many}, 413, "QueryTooComplexException"},
		"a very long name":        {map[string][]string{"EQ_ex:" + strings.Repeat("x", 400): {"1"}}, 400, "QueryParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			_, p := compile(tc.params, testNames())
			if p == nil || p.Status != tc.status || p.Type != "epcisException:"+tc.kind || p.Detail == "" || p.Code == "" {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestEveryParameterOfTheQuerySchemaIsKnown puts each name of the standard's query
// schema, filled in where it is a pattern, to the compiler.
func TestEveryParameterOfTheQuerySchemaIsKnown(t *testing.T) {
	raw, err := os.ReadFile("../../epcis/schema/query-schema-2.0.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Definitions struct {
			Query struct {
				Properties, PatternProperties map[string]any
			} `json:"EPCIS-Query"`
		}
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range schema.Definitions.Query.Properties {
		if name != "@context" {
			names = append(names, name)
		}
	}
	fill := strings.NewReplacer("^", "", "$", "", `[a-z][a-zA-Z0-9]*\\:\\w+`, "ex:field", `[a-z][a-zA-Z0-9_]+`, "possessing_party", "[A-Z0-9]{2,4}", "KGM", `\\w+_\\w+`, "bizLocation_name")
	for pattern := range schema.Definitions.Query.PatternProperties {
		names = append(names, fill.Replace(pattern))
	}
	if len(names) < 150 {
		t.Fatalf("only %d names", len(names))
	}
	samples := []string{"1", "2026-01-01T00:00:00Z", "urn:x:1", "ADD", "shipping", "in_transit", "ObjectEvent", "Temperature", "did_not_occur", "eventTime", "ASC", "true", "text"}
	for _, name := range names {
		if strings.ContainsAny(name, `^$[*\`) {
			t.Fatalf("the pattern of %s was not filled in", name)
		}
		var last *Problem
		for _, v := range samples {
			params := map[string][]string{name: {v}}
			if name == "eventCountLimit" {
				params["orderBy"] = []string{"eventTime"}
			}
			if _, last = compile(params, testNames()); last == nil {
				break
			}
		}
		if last != nil && (last.Status != http.StatusNotImplemented || !strings.Contains(name, "ATTR_")) {
			t.Errorf("%s: %v", name, last)
		}
	}
	t.Logf("%d names", len(names))
}

// FuzzQuery compiles any JSON as a query.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{
		`{"EQ_bizStep":["shipping"],"@context":{"ex":"https://ns.example.com/"},"GE_ex:n":3,"EXISTS_ex:n":null}`,
		`{"MATCH_epc":["urn:epc:idpat:sgtin:4012345.*.*","urn:epc:idpat:grai:4012345.55555.*"]}`,
		`{"GE_eventTime":"2026-01-01T00:00:00Z","orderBy":"eventTime","eventCountLimit":5}`, `[]`, `{"a":{}}`, "\xff",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		q, p := compileJSON(raw)
		if p != nil {
			return
		}
		for _, c := range q.Where {
			if len(c) == 0 {
				t.Fatalf("%q has a condition without a test", raw)
			}
			for _, test := range c {
				if test.Op != index.EPCISExists && len(test.Values) == 0 {
					t.Fatalf("%q has a test without a value", raw)
				}
			}
		}
	})
}
