package epcisrest

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// object is a part of the OpenAPI document.
type object = map[string]any

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// description is the OpenAPI 3.1 document of this interface, made from the table
// of its resources and from the parameters that queries understand.
func (s *Service) description() object {
	paths := object{}
	for _, rt := range s.table() {
		if rt.describe == "" {
			continue
		}
		item := object{"options": object{
			"operationId": operationID("options", rt.path), "tags": []string{"EPCIS"}, "summary": "What the resource can do",
			"responses": object{"204": object{"description": "Allow and GS1-* headers"}},
		}}
		for _, method := range rt.methods() {
			item[strings.ToLower(method)] = s.operation(&rt, method)
		}
		if list := pathParameters(rt.path); len(list) > 0 {
			item["parameters"] = list
		}
		paths[rt.path] = item
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Filiera, EPCIS 2.0", "version": s.c.Version, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "Capture and query of EPCIS 2.0 events on the ledger, as the standard's REST binding has them. " +
				"What was captured is public and can be read without a token.",
		},
		"paths":      paths,
		"components": components(),
	}
}

func operationID(method, path string) string {
	return strings.Trim(regexp.MustCompile(`\W+`).ReplaceAllString(method+path, "_"), "_")
}

func pathParameters(path string) (out []object) {
	for _, m := range pathParameter.FindAllStringSubmatch(path, -1) {
		out = append(out, object{
			"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"},
			"description": "percent-encoded, with its slashes",
		})
	}
	return out
}

func (s *Service) operation(rt *route, method string) object {
	responses := object{"default": object{
		"description": "A problem, with an epcisException: type and a stable code",
		"content":     object{"application/problem+json": object{"schema": ref("Problem")}},
	}}
	out := object{
		"operationId": operationID(strings.ToLower(method), rt.path), "tags": []string{"EPCIS"}, "summary": rt.describe, "responses": responses,
	}
	if list := queryParameters(rt, method); len(list) > 0 {
		out["parameters"] = list
	}
	if rt.private || method != http.MethodGet {
		out["security"] = []object{{"token": []string{}}}
	}
	json := func(schema object) object { return object{"content": object{jsonType: object{"schema": schema}}} }
	answer := func(status, text, schema string) {
		r := json(ref(schema))
		r["description"] = text
		responses[status] = r
	}
	located := object{"Location": object{"schema": object{"type": "string"}}}
	switch {
	case method == http.MethodDelete:
		responses["204"] = object{"description": "Deleted"}
	case method == http.MethodPost && strings.HasSuffix(rt.path, "/capture"):
		out["requestBody"] = json(ref("EPCISDocument"))
		responses["202"] = object{"description": "Accepted; the job at Location says what comes of it", "headers": located}
	case method == http.MethodPost:
		out["requestBody"] = json(ref(bodies[rt.path]))
		responses["201"] = object{"description": "Made", "headers": located}
	case rt.path == "/epcis/capture":
		answer("200", "The jobs of the token's participant, the latest first", "CaptureJobs")
	case strings.HasPrefix(rt.path, "/epcis/capture/"):
		answer("200", "The job", "CaptureJob")
	case strings.HasSuffix(rt.path, "/events") || rt.path == "/epcis/events/{eventID}":
		answer("200", "An EPCISQueryDocument, valid by the schema of EPCIS 2.0.1", "EPCISQueryDocument")
	case strings.Contains(rt.path, "/queries") || rt.path == "/epcis/openapi.json":
		answer("200", "JSON", "Any")
	default:
		answer("200", "A collection", "Collection")
	}
	return out
}

// bodies are what POST takes.
var bodies = map[string]string{
	"/epcis/events": "EPCISEvent", "/epcis/queries": "NamedQuery", "/epcis/queries/{queryName}/subscriptions": "Subscription",
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// queryParameters of a resource.
func queryParameters(rt *route, method string) (out []object) {
	add := func(name, text string) {
		out = append(out, object{"name": name, "in": "query", "schema": object{"type": "string"}, "description": text})
	}
	header := func(name, text string, values ...string) {
		schema := object{"type": "string"}
		if len(values) > 0 {
			schema["enum"] = values
		}
		out = append(out, object{"name": name, "in": "header", "schema": schema, "description": text})
	}
	if method == http.MethodPost && rt.capture {
		header("GS1-Capture-Error-Behaviour", "rollback captures all or none, in one transaction", rollback, proceed)
	}
	if method != http.MethodGet || strings.HasSuffix(rt.path, "}") || rt.path == "/epcis" || rt.path == "/epcis/openapi.json" {
		return out
	}
	add("perPage", "the most items of a page, at most 500; 30 unless given")
	add("nextPageToken", "as the Link header of the page before gives it")
	if !strings.HasSuffix(rt.path, "/events") || strings.Contains(rt.path, "/queries/") {
		return out
	}
	header("GS1-EPC-Format", "how identifiers are written in the answer", formatAsIs, formatLink, formatKept)
	header("GS1-Extensions", "prefixes of extension fields: ex=https://ns.example.com/,…")
	for _, name := range parameterNames() {
		add(name, parameterText(name))
	}
	return out
}

// parameterNames lists the query parameters with fixed names.
func parameterNames() []string {
	var out []string
	for name := range plainParameters {
		out = append(out, name)
	}
	for _, fields := range []map[string]bool{idFields, textFields, {"action": true, "booleanValue": true}} {
		for f := range fields {
			out = append(out, "EQ_"+f)
		}
	}
	for f := range wordFields {
		out = append(out, "EQ_"+f)
	}
	for f := range matchFields {
		out = append(out, "MATCH_"+f)
	}
	for f := range timeFields {
		out = append(out, "GE_"+f, "LT_"+f)
	}
	for _, op := range []string{"EQ", "GT", "GE", "LT", "LE"} {
		out = append(out, op+"_quantity", op+"_percRank")
	}
	out = append(out, "GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime", "WD_readPoint", "WD_bizLocation",
		"EXISTS_errorDeclaration", "EXISTS_sensorElementList")
	slices.Sort(out)
	return out
}

func parameterText(name string) string {
	switch op, _, _ := strings.Cut(name, "_"); op {
	case "EQ":
		return "any of these values, divided by |"
	case "MATCH":
		return "any of these identifiers; a lot, a trade item or a pattern matches what belongs to it"
	case "WD":
		return "at one of these places or inside it"
	case "GE", "GT", "LE", "LT":
		return "a number or a date and time"
	case "EXISTS":
		return "no value, or true"
	}
	return ""
}

func components() object {
	text := object{"type": "string"}
	problem := object{"type": "object", "required": []string{"type", "title", "status", "code"}, "properties": object{
		"type": text, "title": text, "status": object{"type": "integer"}, "detail": text, "code": text, "instance": text,
	}}
	number := object{"type": "integer"}
	flag := object{"type": "boolean"}
	job := object{"type": "object", "required": []string{"captureID", "createdAt", "running", "success", "captureErrorBehaviour", "errors"}, "properties": object{
		"captureID": text, "createdAt": text, "finishedAt": text, "running": flag, "success": flag, "captureErrorBehaviour": text,
		"errors":         object{"type": "array", "items": ref("Problem")},
		"filiera:events": object{"type": "object", "properties": object{"total": number, "accepted": number, "duplicate": number, "refused": number}},
	}}
	standard := func(text string) object {
		return object{"type": "object", "description": text + ", of https://ref.gs1.org/standards/epcis/2.0.1/epcis-json-schema.json"}
	}
	schemas := object{
		"Problem": problem, "CaptureJob": job, "CaptureJobs": object{"type": "array", "items": ref("CaptureJob")}, "Any": object{},
		"EPCISDocument": standard("An EPCISDocument or EPCISQueryDocument"), "EPCISQueryDocument": standard("An EPCISQueryDocument"),
		"EPCISEvent": standard("An event with its own @context"),
		"Collection": object{"type": "object", "required": []string{"@context", "type", "member"}, "properties": object{
			"@context": object{}, "type": object{"const": "Collection"}, "member": object{"type": "array", "items": text},
		}},
		"NamedQuery": object{"type": "object", "required": []string{"name", "query"}, "properties": object{
			"name": text, "query": object{"type": "object", "description": "of https://ref.gs1.org/standards/epcis/2.0.0/query-schema.json; extensions by names such as EQ_INNER_ILMD_ex:field"},
		}},
		"Subscription": object{"type": "object", "required": []string{"dest"}, "properties": object{
			"dest": text, "signatureToken": text, "stream": flag, "reportIfEmpty": flag, "initialRecordTime": text, "epcFormat": text,
			"schedule": object{"type": "object", "properties": object{
				"second": text, "minute": text, "hour": text, "dayOfMonth": text, "month": text, "dayOfWeek": text,
			}},
		}},
	}
	return object{"schemas": maps.Clone(schemas), "securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}}}
}

func (s *Service) getOpenAPI(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	return s.writeValue(w, r, http.StatusOK, s.description())
}
