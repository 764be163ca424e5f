package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is every error of the gateway (RFC 9457).
type Problem struct {
	Type   string `json:"type" doc:"urn:filiera:problem: followed by the code"`
	Title  string `json:"title" doc:"The HTTP status in words"`
	Status int    `json:"status" doc:"The HTTP status"`
	Detail string `json:"detail" doc:"What was wrong, which value, and what to do"`
	Code   string `json:"code" doc:"Stable word for programs, such as batch.not_found or product.duplicate_batch"`
	Hash   string `json:"hash,omitempty" doc:"The transaction that was refused or waited for, 64 hex digits"`
	Errors []Flaw `json:"errors,omitempty" doc:"The single faults of a request"`
}

// Flaw is one fault of a request.
type Flaw struct {
	Message  string `json:"message"`
	Location string `json:"location,omitempty" doc:"Where it is, such as query.limit"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(status int, code, format string, args ...any) *Problem {
	return &Problem{
		Type: "urn:filiera:problem:" + code, Title: http.StatusText(status), Status: status, Code: code,
		Detail: fmt.Sprintf(format, args...),
	}
}

func (p *Problem) withHash(hash []byte) *Problem {
	p.Hash = upperHex(hash)
	return p
}

func notFound(what, format string, args ...any) *Problem {
	return problem(http.StatusNotFound, what+".not_found", format, args...)
}

func badRequest(field, format string, args ...any) *Problem {
	return problem(http.StatusBadRequest, field+".invalid", format, args...)
}

// errInternal is what a reader learns of a failure; the log has the rest.
func errInternal() *Problem {
	return problem(http.StatusInternalServerError, "gateway.internal", "the node could not answer; its log says why")
}

// codes of statuses that the framework itself answers with.
var frameworkCodes = map[int]string{
	http.StatusBadRequest:            "request.invalid",
	http.StatusNotFound:              "route.not_found",
	http.StatusMethodNotAllowed:      "route.method_not_allowed",
	http.StatusRequestTimeout:        "request.timeout",
	http.StatusRequestEntityTooLarge: "request.too_large",
	http.StatusUnsupportedMediaType:  "request.media_type",
	http.StatusNotAcceptable:         "request.not_acceptable",
}

//nolint:gochecknoinits // the framework's one hook for the shape of errors is a variable
func init() {
	huma.NewError = frameworkError
}

// frameworkError shapes the errors that the framework finds in a request.
func frameworkError(status int, msg string, errs ...error) huma.StatusError {
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest // 422 is for what the ledger refuses
	}
	code, known := frameworkCodes[status]
	if !known {
		return errInternal()
	}
	p := problem(status, code, "%s", sentence(msg))
	for _, err := range errs {
		if err == nil {
			continue
		}
		f := Flaw{Message: err.Error()}
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			f = Flaw{Message: d.ErrorDetail().Message, Location: d.ErrorDetail().Location}
		}
		p.Errors = append(p.Errors, f)
	}
	if len(p.Errors) > 0 {
		p.Detail = strings.TrimSpace(p.Errors[0].Location + ": " + p.Errors[0].Message)
	}
	return p
}

func sentence(msg string) string {
	if msg == "" {
		return "the request cannot be read"
	}
	return msg
}

// write answers with the problem outside of the framework.
func (p *Problem) write(w http.ResponseWriter) {
	b, err := json.Marshal(p)
	if err != nil {
		b = []byte(`{}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(b, '\n'))
}
