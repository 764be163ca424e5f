package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxAnswer bounds what is read of one answer, in bytes: a proof bundle of
	// the largest journey stays below it.
	maxAnswer = 256 << 20
	// attempts is how often a request that got no answer is sent.
	attempts = 3
)

// Client talks to one gateway.
type Client struct {
	base  string
	http  *http.Client
	lang  string
	pause func(ctx context.Context, attempt int) error
}

// Option changes how [New] sets up a client.
type Option func(*Client)

// WithHTTP replaces the HTTP client, for tests and special transports.
func WithHTTP(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithLanguage asks for sentences in "it" or "en".
func WithLanguage(lang string) Option { return func(c *Client) { c.lang = lang } }

// WithPause replaces the wait before attempt n (from 1) after no answer came.
func WithPause(p func(ctx context.Context, attempt int) error) Option {
	return func(c *Client) { c.pause = p }
}

// New gives a client of the gateway at base, such as "http://127.0.0.1:8080".
func New(base string, options ...Option) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" {
		return nil, fmt.Errorf("the node's address is %q; write it as http://127.0.0.1:8080", base)
	}
	c := &Client{base: strings.TrimRight(base, "/"), http: newHTTP(), pause: backOff}
	for _, o := range options {
		o(c)
	}
	return c, nil
}

// newHTTP keeps enough idle connections for many transactions in flight; the
// default of two per host would open and close one per transaction.
func newHTTP() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 512, 512
	t.DialContext = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	return &http.Client{Transport: t}
}

func backOff(ctx context.Context, attempt int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(attempt*attempt) * 100 * time.Millisecond):
		return nil
	}
}

// URL is the gateway's address.
func (c *Client) URL() string { return c.base }

// request is one exchange: what is sent is kept, to be sent again as it was.
type request struct {
	method, path string
	query        url.Values
	body         []byte
	contentType  string
	accept       string
	// authorization is the header of that name, or "".
	authorization string
}

// answer is what came back with a status of 2xx.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends r, again when no answer came, and gives a 2xx answer or an error.
func (c *Client) do(ctx context.Context, r request) (*answer, error) {
	for attempt := 1; ; attempt++ {
		a, err := c.once(ctx, r)
		var lost *Unreachable
		if err == nil || !errors.As(err, &lost) || ctx.Err() != nil || attempt == attempts {
			return a, err
		}
		if c.pause(ctx, attempt) != nil {
			return nil, err
		}
	}
}

func (c *Client) once(ctx context.Context, r request) (*answer, error) {
	target := c.base + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("build the request: %w", err)
	}
	c.dress(req, r)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &Unreachable{URL: c.base, Err: unwrapURL(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, &Unreachable{URL: c.base, Err: err}
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer of %s has more than %d bytes", c.base, maxAnswer)
	}
	if resp.StatusCode/100 != 2 {
		return nil, problem(resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

func (c *Client) dress(req *http.Request, r request) {
	accept := r.accept
	if accept == "" {
		accept = "application/json"
	}
	req.Header.Set("Accept", accept)
	if r.authorization != "" {
		req.Header.Set("Authorization", r.authorization)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if c.lang != "" {
		req.Header.Set("Accept-Language", c.lang)
	}
}

// unwrapURL drops the method and address that net/http puts before the cause.
func unwrapURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Get asks path and gives the answer's JSON as it came.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (json.RawMessage, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return nil, err
	}
	if !json.Valid(a.body) {
		return nil, fmt.Errorf("%s%s did not answer with JSON; is it a Filiera node?", c.base, path)
	}
	return a.body, nil
}

// get asks path and decodes the answer.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (*T, error) {
	raw, err := c.Get(ctx, path, query)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, fmt.Errorf("%s%s answered something else than expected: %w", c.base, path, err)
	}
	return v, nil
}

// join writes a path of escaped segments under /v1.
func join(segments ...string) string {
	var b strings.Builder
	b.WriteString("/v1")
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}
