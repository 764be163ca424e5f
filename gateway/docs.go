package gateway

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html docs.css page.html page.css
var assets embed.FS

// documents makes the OpenAPI document and the page that shows it, once.
func (g *Gateway) documents() error {
	for _, d := range []struct{ path, summary, media string }{
		{"/openapi.json", "This document as JSON", "application/vnd.oai.openapi+json"},
		{"/openapi.yaml", "This document as YAML", "application/vnd.oai.openapi+yaml"},
		{"/docs", "This document for people", "text/html"},
	} {
		o := op("get"+strings.NewReplacer("/", "", ".", "").Replace(d.path), d.path, "Operations", d.summary, "")
		o.Responses = map[string]*huma.Response{"200": {
			Description: "OK", Content: map[string]*huma.MediaType{d.media: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}}
		g.api.OpenAPI().AddOperation(&o)
	}
	spec, err := json.Marshal(g.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("make the OpenAPI document: %w", err)
	}
	yaml, err := g.api.OpenAPI().YAML()
	if err != nil {
		return fmt.Errorf("make the OpenAPI document: %w", err)
	}
	page, err := renderDocs(g.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("make the documentation page: %w", err)
	}
	css, err := assets.ReadFile("docs.css")
	if err != nil {
		return err
	}
	g.static("/openapi.json", "application/vnd.oai.openapi+json", spec)
	g.static("/openapi.yaml", "application/vnd.oai.openapi+yaml", yaml)
	g.static("/docs", "text/html; charset=utf-8", page)
	g.static("/docs.css", "text/css; charset=utf-8", css)
	if css, err = assets.ReadFile("page.css"); err != nil {
		return err
	}
	g.static("/page.css", "text/css; charset=utf-8", css)
	return nil
}

func (g *Gateway) static(path, media string, content []byte) {
	g.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(content)
	})
}

// docPage is what the page shows.
type docPage struct {
	Title, Version, Description string
	Groups                      []docGroup
	Schemas                     []docSchema
}

type docGroup struct {
	Name       string
	Operations []docOperation
}

type docOperation struct {
	ID, Method, Path, Summary, Description string
	Parameters                             []docParameter
	Body                                   string
	Answers                                []docAnswer
}

type docParameter struct {
	Name, In, Type, Description string
	Required                    bool
}

type docAnswer struct{ Status, Description, Type, Ref string }

type docSchema struct {
	Name   string
	Fields []docField
}

type docField struct{ Name, Type, Ref, Description string }

func renderDocs(spec *huma.OpenAPI) ([]byte, error) {
	t, err := template.ParseFS(assets, "docs.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, pageOf(spec))
	return b.Bytes(), err
}

func pageOf(spec *huma.OpenAPI) docPage {
	page := docPage{Title: spec.Info.Title, Version: spec.Info.Version, Description: spec.Info.Description}
	groups := map[string]int{}
	var paths []string
	for p := range spec.Paths {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		for _, o := range []*huma.Operation{spec.Paths[p].Get, spec.Paths[p].Post} {
			if o == nil {
				continue
			}
			at, known := groups[o.Tags[0]]
			if !known {
				at = len(page.Groups)
				groups[o.Tags[0]] = at
				page.Groups = append(page.Groups, docGroup{Name: o.Tags[0]})
			}
			page.Groups[at].Operations = append(page.Groups[at].Operations, operationOf(o))
		}
	}
	sort.Slice(page.Groups, func(i, j int) bool { return page.Groups[i].Name < page.Groups[j].Name })
	for name, s := range spec.Components.Schemas.Map() {
		page.Schemas = append(page.Schemas, docSchema{name, fieldsOfSchema(s)})
	}
	sort.Slice(page.Schemas, func(i, j int) bool { return page.Schemas[i].Name < page.Schemas[j].Name })
	return page
}

func operationOf(o *huma.Operation) docOperation {
	d := docOperation{ID: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary, Description: o.Description}
	for _, p := range o.Parameters {
		t, _ := typeOf(p.Schema)
		d.Parameters = append(d.Parameters, docParameter{p.Name, p.In, t, p.Description, p.Required})
	}
	if o.RequestBody != nil {
		for media := range o.RequestBody.Content {
			d.Body = media
		}
	}
	var statuses []string
	for s := range o.Responses {
		statuses = append(statuses, s)
	}
	sort.Strings(statuses)
	for _, s := range statuses {
		a := docAnswer{Status: s, Description: o.Responses[s].Description}
		for media, c := range o.Responses[s].Content {
			a.Type, a.Ref = typeOf(c.Schema)
			a.Description += ", " + media
		}
		d.Answers = append(d.Answers, a)
	}
	return d
}

func fieldsOfSchema(s *huma.Schema) []docField {
	var out []docField
	for name, f := range s.Properties {
		t, ref := typeOf(f)
		out = append(out, docField{name, t, ref, f.Description})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// typeOf names a schema in words, and the schema that it refers to.
func typeOf(s *huma.Schema) (words, ref string) {
	switch {
	case s == nil:
		return "any", ""
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return name, name
	case s.Type == huma.TypeArray:
		t, ref := typeOf(s.Items)
		return "list of " + t, ref
	case len(s.Enum) > 0:
		var all []string
		for _, e := range s.Enum {
			all = append(all, fmt.Sprint(e))
		}
		return strings.Join(all, " | "), ""
	case s.Type == "":
		return "any", ""
	case s.Format != "":
		return s.Type + ", " + s.Format, ""
	}
	return s.Type, ""
}
