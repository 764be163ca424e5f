package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/filiera-chain/filiera/evidence"
)

const (
	putDocumentRoute = "PUT /v1/documents/{sha256}"
	getDocumentRoute = "GET /v1/documents/{sha256}"
	// documentWithin bounds taking in or giving out one document.
	documentWithin = 2 * time.Minute
	// documentsAtOnce bounds how many are read or written at a time: each is
	// hashed whole.
	documentsAtOnce = 8
)

// evidenceRoutes serve documents by their hash. They stream, so they stand
// outside the framework and describe themselves here.
func (g *Gateway) evidenceRoutes() {
	g.mux.HandleFunc(getDocumentRoute, g.document(g.getDocument))
	g.mux.HandleFunc(putDocumentRoute, g.document(g.putDocument))
	path := []*huma.Param{{Name: "sha256", In: "path", Required: true, Description: "SHA-256 of the document, 64 hex digits", Schema: &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9a-fA-F]{64}$"}}}
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	g.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "getDocument", Method: http.MethodGet, Path: "/v1/documents/{sha256}", Tags: []string{"Documents"}, Summary: "A document by its hash",
		Description: "Checked against the hash before it is given out; always as an attachment. Takes Range and HEAD. Unknown: document.not_found.", Parameters: path,
		Responses: map[string]*huma.Response{"200": {Description: "The document", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: file}}}},
	})
	g.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "putDocument", Method: http.MethodPut, Path: "/v1/documents/{sha256}", Tags: []string{"Documents"}, Summary: "Give a document",
		Description: "Signed by an active participant; the signature is over the path and the SHA-256 of the body, which is the one in the path. Off unless the node takes documents.",
		Parameters:  path, RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: file}}},
		Responses: map[string]*huma.Response{
			"201": {Description: "It is kept", Content: map[string]*huma.MediaType{"application/json": {Schema: g.api.OpenAPI().Components.Schemas.Schema(documentInfoType, true, "DocumentInfo")}}},
		},
	})
}

// document wraps what the two handlers share: the hash, and a place in the queue.
func (g *Gateway) document(handle func(http.ResponseWriter, *http.Request, evidence.Sum) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sum, err := evidence.ParseSum(r.PathValue("sha256"))
		switch {
		case err != nil:
			err = badRequest("sha256", "%v", err)
		case r.URL.RawQuery != "":
			err = problem(http.StatusBadRequest, "query.unknown", "there is no query parameter here")
		case g.c.Documents == nil:
			err = problem(http.StatusNotFound, "documents.off", "this node keeps no documents")
		default:
			err = g.queued(w, r, sum, handle)
		}
		if err == nil {
			return
		}
		var p *Problem
		if !errors.As(g.fail(err), &p) {
			p = errInternal()
		}
		p.write(w)
	}
}

func (g *Gateway) queued(w http.ResponseWriter, r *http.Request, sum evidence.Sum, handle func(http.ResponseWriter, *http.Request, evidence.Sum) error) error {
	select {
	case g.documentSlots <- struct{}{}:
	case <-r.Context().Done():
		return r.Context().Err()
	}
	defer func() { <-g.documentSlots }()
	return documentProblem(handle(w, r, sum))
}

// documentProblem shows what a store refuses.
func documentProblem(err error) error {
	for refusal, as := range map[error]struct {
		status int
		code   string
	}{
		evidence.ErrNotFound: {http.StatusNotFound, "document.not_found"},
		evidence.ErrTooLarge: {http.StatusRequestEntityTooLarge, "document.too_large"},
		evidence.ErrQuota:    {http.StatusInsufficientStorage, "document.quota"},
		evidence.ErrType:     {http.StatusUnsupportedMediaType, "document.type"},
		evidence.ErrHash:     {http.StatusUnprocessableEntity, "document.hash"},
		evidence.ErrCorrupt:  {http.StatusInternalServerError, "document.damaged"},
	} {
		if errors.Is(err, refusal) {
			return problem(as.status, as.code, "%v", err)
		}
	}
	return err
}

// guardDocument keeps a browser from making anything of a document but a file.
func guardDocument(h http.Header, i evidence.Info) {
	h.Set("Content-Type", i.Type)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s%s"`, i.Sum, extension(i.Type)))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+i.Sum.String()+`"`)
	h.Set("Accept-Ranges", "bytes")
}

func extension(media string) string {
	word, _, _ := strings.Cut(media, ";")
	switch word {
	case "application/pdf":
		return ".pdf"
	case "application/pkcs7-mime":
		return ".p7m"
	case "image/png", "image/jpeg", "image/webp", "image/tiff":
		return "." + strings.TrimPrefix(word, "image/")
	case "text/plain":
		return ".txt"
	}
	return ".bin"
}

func (g *Gateway) getDocument(w http.ResponseWriter, r *http.Request, sum evidence.Sum) error {
	if r.Method == http.MethodHead {
		i, err := g.c.Documents.Stat(r.Context(), sum)
		if err != nil {
			return err
		}
		guardDocument(w.Header(), i)
		w.Header().Set("Content-Length", strconv.FormatInt(i.Size, 10))
		w.WriteHeader(http.StatusOK)
		return nil
	}
	d, err := g.c.Documents.Open(r.Context(), sum)
	if err != nil {
		if errors.Is(err, evidence.ErrCorrupt) {
			g.log.Error("a stored document is damaged", "sha256", sum.String())
		}
		return err
	}
	defer d.Close()
	guardDocument(w.Header(), d.Info)
	http.ServeContent(w, r, "", time.Time{}, d)
	return nil
}

// DocumentInfo is a document that is kept.
type DocumentInfo struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size" doc:"Bytes"`
	Type   string `json:"type" doc:"Media type, from its bytes"`
}

func (g *Gateway) putDocument(w http.ResponseWriter, r *http.Request, sum evidence.Sum) error {
	if !g.c.AcceptDocuments {
		return problem(http.StatusForbidden, "documents.read_only", "this node takes no documents; add it to the node's own folder with filiera document add, or ask a node that was started with --accept-documents")
	}
	if !g.limiter.allow(w, r) {
		return tooMany(w)
	}
	who, err := g.authenticate(claimOf(r), sum)
	if err != nil {
		return err
	}
	i, fresh, err := g.c.Documents.Put(r.Context(), r.Body, &sum)
	outcome := "done"
	if err != nil {
		outcome = "refused"
	}
	g.c.Audit.Info("document given", slog.String("participant", who), slog.String("sha256", sum.String()), slog.Int64("size", i.Size), slog.String("outcome", outcome))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if fresh {
		status = http.StatusCreated
	}
	return writeJSON(w, status, DocumentInfo{i.Sum.String(), i.Size, i.Type})
}

var documentInfoType = reflect.TypeFor[DocumentInfo]()

func writeJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(append(b, '\n'))
	return err
}
