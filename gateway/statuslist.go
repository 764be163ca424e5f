package gateway

import (
	"encoding/binary"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

const (
	mediaSigned   = "application/vc+jwt"
	mediaUnsigned = "application/vc"
	mediaProof    = "application/vnd.filiera.status-list+json"
	// statusTTL is how long a reader may keep a status list.
	statusTTL = 5 * time.Minute
	// statusValidity is how long an unsigned list claims to hold.
	statusValidity = 24 * time.Hour
	maxKeptLists   = 64
)

// statusBits is what a certifier's list says at one height.
type statusBits struct {
	height             int64
	base               string
	revoked, suspended *credential.Bitstring
	entries            int
}

// statusLists keeps the bits of lists that were asked for lately, so that one
// state is read through once. It is safe for concurrent use.
type statusLists struct {
	mu   sync.Mutex
	kept map[string]*statusBits
}

func (g *Gateway) statusListRoutes() {
	g.mux.HandleFunc("GET /v1/status-lists/{certifier}/{list}/{purpose}", g.getStatusList)
	g.mux.HandleFunc("GET /v1/status-lists/{certifier}/{list}/proof", g.getStatusListProof)
	g.mux.HandleFunc("GET /ns/attestation/v1", getContext)
	text := func(name, in, doc string, enum ...any) *huma.Param {
		return &huma.Param{Name: name, In: in, Required: in == "path", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, Enum: enum}}
	}
	g.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "getStatusList", Method: http.MethodGet, Path: "/v1/status-lists/{certifier}/{list}/{purpose}", Tags: []string{"Attestations"},
		Summary: "A status list of certificates",
		Description: "A W3C BitstringStatusListCredential. While what its certifier signed and published says what the ledger says, that is answered, as vc+jwt; " +
			"else, or with signed=false, the ledger's own state, which nobody signed. Unknown: status_list.not_found.",
		Parameters: []*huma.Param{
			text("certifier", "path", "Participant"), text("list", "path", "Number of the list, from 1"),
			text("purpose", "path", "What the bits say", credential.Revocation, credential.Suspension),
			text("signed", "query", "true answers a signed list or a problem, false the state unsigned", "true", "false"),
		},
		Responses: map[string]*huma.Response{"200": {Description: "The list", Content: map[string]*huma.MediaType{
			mediaSigned:   {Schema: &huma.Schema{Type: huma.TypeString, Description: "Compact JWS, ES256K"}},
			mediaUnsigned: {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}},
		}}},
	})
	g.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "getStatusListProof", Method: http.MethodGet, Path: "/v1/status-lists/{certifier}/{list}/proof", Tags: []string{"Attestations"},
		Summary:     "The proof of a status list",
		Description: "Every entry of the list, proven complete under a signed header, in the form filiera-status-list/1.",
		Parameters:  []*huma.Param{text("certifier", "path", "Participant"), text("list", "path", "Number of the list, from 1")},
		Responses: map[string]*huma.Response{"200": {Description: "The proof", Content: map[string]*huma.MediaType{
			mediaProof: {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}},
		}}},
	})
	g.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "getAttestationContext", Method: http.MethodGet, Path: "/ns/attestation/v1", Tags: []string{"Attestations"},
		Summary: "The JSON-LD context of certificates",
		Responses: map[string]*huma.Response{"200": {Description: "JSON-LD 1.1", Content: map[string]*huma.MediaType{
			"application/ld+json": {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}},
		}}},
	})
}

func getContext(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/ld+json")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(credential.Context())
}

func (g *Gateway) getStatusList(w http.ResponseWriter, r *http.Request) {
	body, media, err := g.statusList(r)
	if err != nil {
		g.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", media)
	// Wallets that are web pages fetch it from elsewhere.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", "public, max-age="+strconv.Itoa(int(statusTTL.Seconds())))
	_, _ = w.Write(body)
}

// refuse answers with a problem outside of the framework.
func (g *Gateway) refuse(w http.ResponseWriter, err error) {
	p, ok := g.fail(err).(*Problem)
	if !ok {
		p = errInternal()
	}
	p.write(w)
}

// listNumber reads the list of a path, and refuses query parameters that there
// are not.
func listNumber(r *http.Request, known ...string) (uint32, error) {
	number, err := strconv.ParseUint(r.PathValue("list"), 10, 32)
	if err != nil || number == 0 {
		return 0, badRequest("list", "the list is %q; write its number, from 1", clip(r.PathValue("list")))
	}
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return 0, badRequest("query", "the query string cannot be read: %v", err)
	}
	for name := range query {
		if !slices.Contains(known, name) {
			return 0, problem(http.StatusBadRequest, "query.unknown", "there is no query parameter %q here; /docs lists those there are", clip(name))
		}
	}
	return uint32(number), nil
}

func (g *Gateway) getStatusListProof(w http.ResponseWriter, r *http.Request) {
	certifier := r.PathValue("certifier")
	list, err := listNumber(r)
	if err == nil && strings.ContainsRune(certifier, 0) {
		err = notFound("status_list", "there is no certifier %q", clip(certifier))
	}
	var body []byte
	if err == nil {
		err = g.c.Ledger.View(func(v View) error {
			if err := needBlock(v); err != nil {
				return err
			}
			header, err := g.provingHeader(r.Context(), v)
			if err != nil {
				return err
			}
			body, err = verify.ProveStatusList(certifier, list, v, *header)
			return err
		})
	}
	if err != nil {
		g.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", mediaProof)
	_, _ = w.Write(body)
}

// statusList answers a list: signed while what was signed is what the ledger
// says, else unsigned.
func (g *Gateway) statusList(r *http.Request) (body []byte, media string, err error) {
	certifier, purpose, signed := r.PathValue("certifier"), r.PathValue("purpose"), r.URL.Query().Get("signed")
	list, err := listNumber(r, "signed")
	if err != nil {
		return nil, "", err
	}
	if purpose != credential.Revocation && purpose != credential.Suspension {
		return nil, "", badRequest("purpose", "the purpose is %q; write revocation or suspension", clip(purpose))
	}
	if signed != "" && signed != "true" && signed != "false" {
		return nil, "", badRequest("signed", "signed is %q; write true or false", clip(signed))
	}
	err = g.c.Ledger.View(func(v View) error {
		if err := needBlock(v); err != nil {
			return err
		}
		bits, err := g.bits(v, certifier, list)
		if err != nil {
			return err
		}
		if bits.entries == 0 {
			return notFound("status_list", "no certificate of %q stands in status list %d", clip(certifier), list)
		}
		at, err := g.blockTime(r.Context(), v.Height())
		if err != nil {
			return err
		}
		if signed != "false" {
			if body, err = published(v, certifier, list, purpose, bits, at); err != nil || body != nil {
				media = mediaSigned
				return err
			}
		}
		if signed == "true" {
			return problem(http.StatusServiceUnavailable, "status_list.not_signed",
				"%s has not signed what status list %d says now; it signs it with filiera cert status-list sign", certifier, list)
		}
		media = mediaUnsigned
		body, err = g.unsigned(certifier, list, purpose, bits, at)
		return err
	})
	return body, media, err
}

// published gives the list that its certifier signed; nil when it says
// something else than the ledger does, or is over.
func published(v View, certifier string, list uint32, purpose string, bits *statusBits, at time.Time) ([]byte, error) {
	l, err := lookUp[certv1.StatusList](v, statekey.StatusList(certifier, list, purpose))
	if err != nil || l == nil || at.Unix() >= l.GetValidUntil() {
		return nil, err
	}
	signed, err := credential.ParseStatusList(l.GetCredential())
	if err != nil {
		return nil, err
	}
	if *signed.Bits != *bits.of(purpose) {
		return nil, nil
	}
	return l.GetCredential(), nil
}

func (b *statusBits) of(purpose string) *credential.Bitstring {
	if purpose == credential.Revocation {
		return b.revoked
	}
	return b.suspended
}

func (g *Gateway) unsigned(certifier string, list uint32, purpose string, bits *statusBits, at time.Time) ([]byte, error) {
	l := &credential.StatusList{
		Issuer: credential.IssuerURN(g.c.Ledger.ChainID(), certifier), Base: bits.base, List: list, Purpose: purpose,
		ValidFrom: at.Unix(), ValidUntil: at.Add(statusValidity).Unix(), TTL: statusTTL.Milliseconds(), Bits: bits.of(purpose),
	}
	return l.JSON()
}

// bits reads a certifier's list out of the state, or remembers it.
func (g *Gateway) bits(v View, certifier string, list uint32) (*statusBits, error) {
	g.lists.mu.Lock()
	defer g.lists.mu.Unlock()
	key := certifier + "/" + strconv.FormatUint(uint64(list), 10)
	if b := g.lists.kept[key]; b != nil && b.height == v.Height() {
		return b, nil
	}
	b, err := readBits(v, certifier, list)
	if err != nil {
		return nil, err
	}
	if b.entries > 0 {
		if g.lists.kept == nil || len(g.lists.kept) >= maxKeptLists {
			g.lists.kept = map[string]*statusBits{}
		}
		g.lists.kept[key] = b
	}
	return b, nil
}

func readBits(v View, certifier string, list uint32) (*statusBits, error) {
	b := &statusBits{height: v.Height(), revoked: new(credential.Bitstring), suspended: new(credential.Bitstring)}
	if strings.ContainsRune(certifier, 0) {
		return b, nil
	}
	start, end := statekey.StatusEntries(certifier, list)
	it, err := v.Iterator(start, end)
	if err != nil {
		return nil, err
	}
	defer it.Close() //nolint:errcheck // it only reads
	for ; it.Valid(); it.Next() {
		e := new(certv1.StatusEntry)
		if err := proto.Unmarshal(it.Value(), e); err != nil {
			return nil, err
		}
		i := binary.BigEndian.Uint32(it.Key()[len(start):])
		if e.GetRevoked() {
			b.revoked.Set(i)
		}
		if e.GetSuspended() {
			b.suspended.Set(i)
		}
		if b.entries++; b.entries == 1 {
			a, err := lookUp[certv1.Attestation](v, statekey.Attestation(e.GetAttestation()))
			if err != nil {
				return nil, err
			}
			b.base = a.GetStatusUrl()
		}
	}
	return b, it.Error()
}
