package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Problem is a refusal or failure that the gateway answered, decoded from
// application/problem+json (RFC 9457).
type Problem struct {
	Type   string `json:"type,omitempty"`
	Title  string `json:"title,omitempty"`
	Status int    `json:"status"`
	// Detail is the sentence: what was wrong, which value, what to do.
	Detail string `json:"detail,omitempty"`
	// Code is the stable word, such as "product.duplicate_batch".
	Code string `json:"code,omitempty"`
	// Hash is that of the transaction refused, 64 hex digits, when there is one.
	Hash string `json:"hash,omitempty"`
	// Height is the block that holds the refused transaction, or 0.
	Height int64 `json:"height,omitempty"`
	// Errors lists single faults of a request, as the gateway's framework does.
	Errors []FieldError `json:"errors,omitempty"`
}

// FieldError is one fault of a request.
type FieldError struct {
	Message  string `json:"message,omitempty"`
	Location string `json:"location,omitempty"`
}

// Error gives code and sentence.
func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	for _, e := range p.Errors {
		// The detail may be the first fault already.
		if !strings.Contains(text, e.Message) {
			text += "; " + strings.TrimSpace(e.Location+" "+e.Message)
		}
	}
	if p.Code == "" {
		return text
	}
	return p.Code + ": " + text
}

// NodeFault says that the node could not answer (overloaded, starting,
// failing, or the transaction is not committed yet), which is no refusal.
func (p *Problem) NodeFault() bool {
	switch p.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented: // it will never do that
		return false
	}
	return p.Status >= 500
}

// Unreachable says that no answer came from the node.
type Unreachable struct {
	URL string
	Err error
}

func (u *Unreachable) Error() string {
	return fmt.Sprintf("no answer from %s: %v", u.URL, u.Err)
}

func (u *Unreachable) Unwrap() error { return u.Err }

// IsNotFound says whether err is the gateway's answer that there is no such
// record.
func IsNotFound(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}

// CodeOf gives the stable code of a refusal in err, or "".
func CodeOf(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

func problem(status int, contentType string, body []byte) *Problem {
	p := new(Problem)
	if !strings.Contains(contentType, "json") || json.Unmarshal(body, p) != nil || (p.Detail == "" && p.Title == "") {
		p = &Problem{Detail: strings.TrimSpace(clip(string(body), 200))}
		if p.Detail == "" {
			p.Detail = http.StatusText(status)
		}
	}
	p.Status = status
	return p
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
