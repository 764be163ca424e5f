package epcisrest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Problem is every error of this interface: RFC 9457, with the exception that
// EPCIS names as its type, and a code of ours for programs.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Code   string `json:"code"`
	// Instance is the event that a capture refused: its index in the document,
	// as a JSON pointer.
	Instance string `json:"instance,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// exceptions of EPCIS 2.0 with their titles, statuses and our codes.
var exceptions = map[string]struct {
	title  string
	status int
	code   string
}{
	"ValidationException":            {"The document is not valid", http.StatusBadRequest, "epcis.validation"},
	"QueryValidationException":       {"The query is not valid", http.StatusBadRequest, "epcis.query_validation"},
	"QueryParameterException":        {"A query parameter is not valid", http.StatusBadRequest, "epcis.query_parameter"},
	"SubscriptionControlsException":  {"The subscription's controls are not valid", http.StatusBadRequest, "epcis.subscription_controls"},
	"SecurityException":              {"Not allowed", http.StatusForbidden, "epcis.security"},
	"NoSuchNameException":            {"No such query or subscription", http.StatusNotFound, "epcis.no_such_name"},
	"NoSuchResourceException":        {"No such resource", http.StatusNotFound, "epcis.no_such_resource"},
	"NotAcceptableException":         {"Conflicting request and response headers", http.StatusNotAcceptable, "epcis.not_acceptable"},
	"ResourceAlreadyExistsException": {"The resource exists already", http.StatusConflict, "epcis.exists"},
	"CaptureLimitExceededException":  {"The capture limit is exceeded", http.StatusRequestEntityTooLarge, "epcis.capture_limit"},
	"QueryTooLargeException":         {"The answer would be too large", http.StatusRequestEntityTooLarge, "epcis.query_too_large"},
	"QueryTooComplexException":       {"The query is too complex", http.StatusRequestEntityTooLarge, "epcis.query_too_complex"},
	"UnsupportedMediaTypeException":  {"Unsupported media type", http.StatusUnsupportedMediaType, "epcis.media_type"},
	"ImplementationException":        {"The node could not answer", http.StatusInternalServerError, "epcis.implementation"},
}

// exception makes a problem of one of EPCIS's exceptions.
func exception(name, format string, args ...any) *Problem {
	e := exceptions[name]
	return &Problem{Type: "epcisException:" + name, Title: e.title, Status: e.status, Code: e.code, Detail: fmt.Sprintf(format, args...)}
}

// with replaces the status and, unless empty, the code.
func (p *Problem) with(status int, code string) *Problem {
	if p.Status = status; code != "" {
		p.Code = code
	}
	return p
}

func badParameter(name, format string, args ...any) *Problem {
	return exception("QueryParameterException", "%s: %s", clip(name), fmt.Sprintf(format, args...))
}

func notImplemented(format string, args ...any) *Problem {
	return exception("ImplementationException", format, args...).with(http.StatusNotImplemented, "epcis.not_implemented")
}

func unauthorized(w http.ResponseWriter, format string, args ...any) *Problem {
	w.Header().Set("WWW-Authenticate", `Bearer realm="filiera EPCIS capture"`)
	return exception("SecurityException", format, args...).with(http.StatusUnauthorized, "epcis.unauthorized")
}

func (p *Problem) write(w http.ResponseWriter) {
	b, err := json.Marshal(p)
	if err != nil {
		b = []byte(`{}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(b, '\n'))
}

// clip shows outside text in a sentence: valid, on one line, not too long.
func clip(s string) string {
	const most = 120
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
